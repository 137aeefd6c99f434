"""From the tensors of one scope to the layer they are: by their names, ranks and sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tfmigrate.drafting.entries import GUESSED, SURE, UNKNOWN, Entry, Note
from tfmigrate.drafting.generalise import Link
from tfmigrate.drafting.scopes import Scope, legal
from tfmigrate.tensors import TensorInfo

Tensors = dict[str, TensorInfo]
Made = Callable[[Scope, "Style"], Entry | None]


# Tables that are looked up, and those that are added as they are.
_LOOKED_UP = re.compile(r"(.*_)?emb(ed|edding|eddings|edding_table)?", re.IGNORECASE)
_ADDED = re.compile(r"pos|type|segment", re.IGNORECASE)


class Style:
    """What all layers of a source have in common.

    Attributes:
        semantics: Whose defaults apply.
        tf1: Whether it is of TF1, where the layers were functions.
    """

    def __init__(self, semantics: str) -> None:
        self.semantics = semantics
        self.tf1 = semantics in ("slim", "tf1-layers")


def recognised(scope: Scope, style: Style) -> Iterator[Entry]:
    """The layer that a scope is; its tensors as plain variables, where it is none that is known."""
    for wanted, optional, made in _TABLE if scope.name else ():
        leaves = scope.tensors.keys()
        if wanted <= leaves <= wanted | optional:
            entry = made(scope, style)
            if entry is not None:
                yield entry
                return
    for leaf, tensor in scope.tensors.items():
        yield _alone(scope, leaf, tensor)


def linked(scope: Scope, inner: str = "") -> tuple[Link, ...]:
    """Each tensor of a scope to the variable of its layer, ``inner`` between name and leaf."""
    head = f"{scope.name}/{inner}" if inner else scope.name
    return tuple(Link(t.name, (f"{head}/{leaf}",)) for leaf, t in scope.tensors.items())


def unknown(*what: str) -> Note:
    """What neither names nor shapes can tell."""
    return Note(UNKNOWN, ", ".join(what))


def sure(tensor: TensorInfo, leaf: str) -> Note:
    """What a shape says."""
    return Note(SURE, f"{leaf} {tensor.shape}")


def _alone(scope: Scope, leaf: str, tensor: TensorInfo) -> Entry:
    name = legal(tensor.name.partition(":")[0])
    if len(tensor.shape) == 2 and _LOOKED_UP.fullmatch(leaf) and not _ADDED.search(leaf):
        rows, width = tensor.shape
        return Entry(
            name, "Embedding", {"input_dim": rows, "output_dim": width},
            (Link(tensor.name, (f"{name}/embeddings",)),), None, width, 2, 3,
            (sure(tensor, leaf), Note(GUESSED, "an Embedding, by its name")),
        )  # fmt: skip
    spec: dict[str, Any] = {"shape": list(tensor.shape)}
    if tensor.dtype != "float32":
        spec["dtype"] = tensor.dtype
    note = unknown("what is computed with it")
    return Entry(name, "", spec, (Link(tensor.name, (name,)),), notes=(note,))


def _kernel(scope: Scope, style: Style) -> Entry | None:
    kernel = scope.tensors["kernel"]
    made = _DENSE_OR_CONV.get(len(kernel.shape))
    return made(scope, kernel) if made else None


def _dense(scope: Scope, kernel: TensorInfo) -> Entry | None:
    inputs, units = kernel.shape
    if not _bias_fits(scope, units):
        return None
    args = {"units": units, **_bias(scope), "activation": "linear"}
    notes = (sure(kernel, "kernel"), unknown("activation"))
    return Entry(scope.name, "Dense", args, linked(scope), inputs, units, 0, 0, notes)


def _conv(scope: Scope, kernel: TensorInfo) -> Entry | None:
    *window, inputs, filters = kernel.shape
    bias = scope.tensors.get("bias")
    turned = scope.hint.endswith("Transpose") or (
        bias is not None and bias.shape == (inputs,) and inputs != filters
    )
    if turned:
        inputs, filters = filters, inputs
    if not _bias_fits(scope, filters) or (turned and len(window) == 1):
        return None
    layer = f"Conv{len(window)}D{'Transpose' if turned else ''}"
    told = scope.hint.startswith("Conv") or inputs != filters
    notes = [sure(kernel, "kernel"), unknown("activation", "strides", "padding")]
    if not told and len(window) > 1:
        notes.append(Note(GUESSED, f"not a Conv{len(window)}DTranspose"))
    args = {
        "filters": filters, "kernel_size": list(window), "strides": 1, "padding": "same",
        **_bias(scope), "activation": "linear",
    }  # fmt: skip
    rank = len(window) + 2
    return Entry(scope.name, layer, args, linked(scope), inputs, filters, rank, rank, tuple(notes))


_DENSE_OR_CONV: dict[int, Callable[[Scope, TensorInfo], Entry | None]] = {
    2: _dense, 3: _conv, 4: _conv, 5: _conv,
}  # fmt: skip


def _depthwise(scope: Scope, style: Style) -> Entry | None:
    kernel = scope.tensors["depthwise_kernel"]
    if len(kernel.shape) != 4:
        return None
    *window, inputs, multiplier = kernel.shape
    args: dict[str, Any] = {"kernel_size": window, "depth_multiplier": multiplier}
    layer, gives = "DepthwiseConv2D", inputs * multiplier
    if "pointwise_kernel" in scope.tensors:
        layer, gives = "SeparableConv2D", scope.tensors["pointwise_kernel"].shape[-1]
        args = {"filters": gives, **args}
    if not _bias_fits(scope, gives):
        return None
    args |= {"strides": 1, "padding": "same", **_bias(scope), "activation": "linear"}
    notes = (sure(kernel, "depthwise kernel"), unknown("activation", "strides", "padding"))
    return Entry(scope.name, layer, args, linked(scope), inputs, gives, 4, 4, notes)


def _batch_norm(scope: Scope, style: Style) -> Entry | None:
    size = scope.tensors["moving_mean"].shape
    args: dict[str, Any] = {"epsilon": 0.001}
    if "gamma" not in scope.tensors or style.semantics == "slim":
        args["scale"] = "gamma" in scope.tensors
    if "beta" not in scope.tensors:
        args["center"] = False
    notes = (Note(SURE, f"{size[-1]} features"), unknown("epsilon"))
    return Entry(scope.name, "BatchNormalization", args, linked(scope), size[-1], None, 0, 0, notes)


def _layer_norm(scope: Scope, style: Style) -> Entry | None:
    size = scope.tensors["gamma"].shape
    if len(size) != 1 or scope.tensors["beta"].shape != size:
        return None
    # contrib.layers.layer_norm adds 1e-12, Keras 1e-3.
    args = {"axis": -1, "epsilon": 1e-12 if style.tf1 else 0.001}
    notes = [Note(SURE, f"{size[0]} features"), unknown("epsilon")]
    if scope.hint != "LayerNormalization":
        notes.append(Note(GUESSED, "LayerNormalization, for it has no moving averages"))
    return Entry(
        scope.name, "LayerNormalization", args, linked(scope), size[0], None, 0, 0, tuple(notes)
    )


def _embedding(scope: Scope, style: Style) -> Entry | None:
    table = scope.tensors["embeddings"]
    if len(table.shape) != 2:
        return None
    args = {"input_dim": table.shape[0], "output_dim": table.shape[1]}
    note = sure(table, "embeddings")
    return Entry(scope.name, "Embedding", args, linked(scope), None, table.shape[1], 2, 3, (note,))


def _prelu(scope: Scope, style: Style) -> Entry | None:
    alpha = scope.tensors["alpha"].shape
    if scope.hint != "PReLU" and "prelu" not in scope.name.lower():
        return None
    shared = [i + 1 for i, n in enumerate(alpha) if n == 1]
    args = {"shared_axes": shared} if shared else {}
    notes = (Note(SURE, f"alpha {alpha}"),)
    takes = None if len(alpha) in shared else alpha[-1]
    return Entry(scope.name, "PReLU", args, linked(scope), takes, None, len(alpha) + 1, 0, notes)


def _keras_rnn(scope: Scope, style: Style) -> Entry | None:
    kernel, inner = scope.tensors["kernel"].shape, scope.tensors["recurrent_kernel"].shape
    if len(kernel) != 2 or len(inner) != 2 or not inner[0] or inner[1] % inner[0]:
        return None
    kind = {1: "SimpleRNN", 3: "GRU", 4: "LSTM"}.get(inner[1] // inner[0])
    if kind is None or kernel[1] != inner[1]:
        return None
    args: dict[str, Any] = {"units": inner[0], "return_sequences": False}
    bias = scope.tensors.get("bias")
    if kind == "GRU" and bias is not None:
        args["reset_after"] = len(bias.shape) == 2
    if bias is None:
        args["use_bias"] = False
    notes = (
        Note(SURE, f"{kind}, kernel {kernel}"),
        unknown("return_sequences", "activations"),
    )
    cell = {"SimpleRNN": "simple_rnn_cell", "GRU": "gru_cell", "LSTM": "lstm_cell"}[kind]
    return Entry(scope.name, kind, args, linked(scope, cell), kernel[0], inner[0], 3, 2, notes)


def _bias(scope: Scope) -> dict[str, Any]:
    return {} if "bias" in scope.tensors else {"use_bias": False}


def _bias_fits(scope: Scope, size: int) -> bool:
    return "bias" not in scope.tensors or scope.tensors["bias"].shape == (size,)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


# The weights that a layer has, those that it may have, and what makes it of them.
_TABLE: tuple[tuple[frozenset[str], frozenset[str], Made], ...] = (
    (_set("kernel"), _set("bias"), _kernel),
    (_set("depthwise_kernel"), _set("pointwise_kernel bias"), _depthwise),
    (_set("moving_mean moving_variance"), _set("gamma beta"), _batch_norm),
    (_set("gamma beta"), _set(""), _layer_norm),
    (_set("embeddings"), _set(""), _embedding),
    (_set("alpha"), _set(""), _prelu),
    (_set("kernel recurrent_kernel"), _set("bias"), _keras_rnn),
)

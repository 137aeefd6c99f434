"""Keras 1: weights are called after their layer, ``dense_1_W``; recurrent ones come by the gate.

Sources: the ``build`` of each layer in Keras 1.0.1 to 1.2.2, and ``preprocess_weights_for_loading``
in ``engine/saving.py`` of Keras 2.0 to 2.3, which converted them.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tfmigrate.mapping.legacy.layers import Layer, OpData, Restated, as_stored, layers, made
from tfmigrate.mapping.legacy.statistics import variance
from tfmigrate.results import Writer
from tfmigrate.tensors import TensorInfo

Stored = Mapping[str, TensorInfo]
Rule = Callable[[Layer, Stored], Iterator[Restated]]

_SUFFIXES = frozenset(
    f"""W U b {" ".join(f"{part}_{gate}" for part in "WUb" for gate in "ifcozrh")} W_carry b_carry
    gamma beta running_mean running_std alphas betas t_left a_left t_right a_right
    depthwise_kernel pointwise_kernel""".split()
)
# Convolutions of the 'th' ordering: (out, in, rows, columns) to (rows, columns, in, out).
_TO_LAST = {2: (2, 3, 1, 0), 3: (2, 3, 4, 1, 0)}


def restate(
    tensors: Sequence[TensorInfo], config: dict[str, Any], writer: Writer
) -> list[Restated]:
    """Every weight of a Keras 1 file as a layer of Keras 2 has it; unknown ones as they are."""
    known = layers(config)
    grouped: dict[tuple[str, str], tuple[Layer, dict[str, TensorInfo]]] = {}
    found = []
    for tensor in tensors:
        parts = _split(tensor, known)
        if parts is None:
            found.append(as_stored(tensor))
            continue
        layer, suffix = parts
        _, stored = grouped.setdefault((layer.top, layer.name), (layer, {}))
        stored[suffix] = tensor
    for layer, stored in grouped.values():
        found += _rule(layer, stored, writer)(layer, stored)
    return found


def _split(tensor: TensorInfo, known: Sequence[Layer]) -> tuple[Layer, str] | None:
    """The layer and the suffix of ``<layer>_<suffix>``; TensorFlow may have numbered it."""
    key = tensor.key.split(":")[0]
    candidates = [
        (layer, text[len(layer.name) + 1 :])
        for text in (key, re.sub(r"_\d+$", "", key))
        for layer in known
        if text.startswith(f"{layer.name}_") and text[len(layer.name) + 1 :] in _SUFFIXES
    ]
    own = [c for c in candidates if c[0].top == tensor.group] or candidates
    return own[0] if own else None


def _rule(layer: Layer, stored: Stored, writer: Writer) -> Rule:
    if layer.class_name == "BatchNormalization":
        return functools.partial(_batch_normalization, writer=writer)
    if "W_i" in stored or "W_z" in stored:
        return _gates
    return _RULES.get(layer.class_name, _renamed)


# What a weight is called today; the default for every class.
_LEAVES: dict[str, dict[str, str]] = defaultdict(
    lambda: {"W": "kernel", "U": "recurrent_kernel", "b": "bias", "W_carry": "carry_kernel",
             "b_carry": "carry_bias"},
    Embedding={"W": "embeddings"},
    PReLU={"alphas": "alpha"},
)  # fmt: skip


def _renamed(layer: Layer, stored: Stored) -> Iterator[Restated]:
    """Keras 1, most layers: the same tensors under other names."""
    leaves = _LEAVES[layer.class_name]
    for suffix, tensor in stored.items():
        yield made([tensor], layer, leaves.get(suffix, suffix), (), "renamed since Keras 1")


def _convolution(layer: Layer, stored: Stored) -> Iterator[Restated]:
    """Keras 1: kernels of the 'th' ordering have their channels first, biases are as today's."""
    for suffix, tensor in stored.items():
        rank = len(tensor.shape) - 2
        kernel = suffix in ("W", "depthwise_kernel", "pointwise_kernel")
        ops: list[OpData] = []
        if kernel and layer.config.get("dim_ordering") == "th":
            ops.append({"transpose": list(_TO_LAST[rank])})
        leaf = _LEAVES[layer.class_name].get(suffix, suffix)
        yield made([tensor], layer, leaf, ops, "convolution of Keras 1")


def _convolution_1d(layer: Layer, stored: Stored) -> Iterator[Restated]:
    """Keras 1: (length, 1, in, out), and up to 1.0 (out, in, length, 1)."""
    length, filters = layer.config.get("filter_length"), layer.config.get("nb_filter")
    for suffix, tensor in stored.items():
        ops: list[OpData] = []
        if suffix == "W":
            if (tensor.shape[0], tensor.shape[2:]) == (filters, (length, 1)):
                ops.append({"transpose": [2, 3, 1, 0]})
            ops.append({"squeeze": [1]})
        leaf = _LEAVES[layer.class_name].get(suffix, suffix)
        yield made([tensor], layer, leaf, ops, "Conv1D of Keras 1")


def _deconvolution(layer: Layer, stored: Stored) -> Iterator[Restated]:
    """Keras 1: the kernel of the convolution that it undoes, (rows, columns, out, in) today."""
    first = layer.config.get("dim_ordering") == "th"
    for suffix, tensor in stored.items():
        ops = [{"transpose": [2, 3, 0, 1] if first else [0, 1, 3, 2]}] if suffix == "W" else []
        leaf = _LEAVES[layer.class_name].get(suffix, suffix)
        yield made([tensor], layer, leaf, ops, "Deconvolution2D of Keras 1")


def _gates(layer: Layer, stored: Stored) -> Iterator[Restated]:
    """Keras 1, ``consume_less`` cpu or mem: a tensor per gate, joined as i, f, c, o or z, r, h."""
    order = "ifco" if "W_i" in stored else "zrh"
    first = layer.config.get("dim_ordering") == "th"
    for part, leaf in (("W", "kernel"), ("U", "recurrent_kernel"), ("b", "bias")):
        tensors = [stored[f"{part}_{gate}"] for gate in order if f"{part}_{gate}" in stored]
        if not tensors:
            continue
        turned = first and len(tensors[0].shape) == 4
        ops = [{"transpose": [2, 3, 1, 0]}] if turned else []
        ops.append({"concat": -1})  # type: ignore[dict-item]
        yield made(tensors, layer, leaf, ops, f"gates joined as {', '.join(order)}")


def _batch_normalization(layer: Layer, stored: Stored, writer: Writer) -> Iterator[Restated]:
    """Keras 1: ``running_std`` is a variance since 1.0.6 or 1.0.7, under the old name."""
    leaves = {"running_mean": "moving_mean", "running_std": "moving_variance"}
    for suffix, tensor in stored.items():
        ops = variance(layer, writer) if suffix == "running_std" else ()
        rule = "standard deviation to variance" if ops else "renamed since Keras 1"
        yield made([tensor], layer, leaves.get(suffix, suffix), ops, rule)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("Convolution1D", "AtrousConvolution1D", "Conv1D", "AtrousConv1D"),
                    _convolution_1d),
    **dict.fromkeys(("Convolution2D", "AtrousConvolution2D", "Conv2D", "AtrousConv2D",
                     "SeparableConvolution2D", "SeparableConv2D", "Convolution3D", "Conv3D"),
                    _convolution),
    **dict.fromkeys(("Deconvolution2D", "Deconv2D"), _deconvolution),
}  # fmt: skip

"""Tensors by the layer that they belong to, as their names tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tfmigrate.tensors import TensorInfo

# What other libraries call the weights of Keras's layers.
LEAVES = {
    "weights": "kernel", "w": "kernel", "weight": "kernel", "biases": "bias", "b": "bias",
    "depthwise_weights": "depthwise_kernel", "pointwise_weights": "pointwise_kernel",
    "running_mean": "moving_mean", "running_std": "moving_variance", "embedding": "embeddings",
    "embedding_table": "embeddings", "u": "recurrent_kernel",
}  # fmt: skip
# The automatic name of a layer -> its class.
CLASSES = {
    "conv1d": "Conv1D", "conv2d": "Conv2D", "conv3d": "Conv3D", "dense": "Dense", "lstm": "LSTM",
    "conv2d_transpose": "Conv2DTranspose", "conv3d_transpose": "Conv3DTranspose", "gru": "GRU",
    "simple_rnn": "SimpleRNN", "embedding": "Embedding", "batch_normalization":
    "BatchNormalization", "layer_normalization": "LayerNormalization", "separable_conv2d":
    "SeparableConv2D", "separable_conv1d": "SeparableConv1D", "depthwise_conv2d": "DepthwiseConv2D",
    "p_re_lu": "PReLU", "group_normalization": "GroupNormalization", "conv2d_transpose_": "",
    "batchnorm": "BatchNormalization", "layernorm": "LayerNormalization",
    "batch_normalization_v1": "BatchNormalization", "convolution2d": "Conv2D",
}  # fmt: skip
# Weights in the order in which layers make them: the names of Keras 3's weight files.
_ORDER = {
    "BatchNormalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "LayerNormalization": ("gamma", "beta"),
    "Embedding": ("embeddings",),
    **dict.fromkeys(("Dense", "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"), ("kernel", "bias")),
    "SeparableConv2D": ("depthwise_kernel", "pointwise_kernel", "bias"),
    "DepthwiseConv2D": ("depthwise_kernel", "bias"),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN"), ("kernel", "recurrent_kernel", "bias")),
}
_NUMBERED = re.compile(r"_\d+$")


@dataclass
class Scope:
    """The tensors of one layer.

    Attributes:
        name: Their common name.
        tensors: Each under the name that Keras has for such a weight.
        hint: The class that an automatic name gives away, "" where none does.
    """

    name: str
    tensors: dict[str, TensorInfo] = field(default_factory=dict)
    hint: str = ""


def scopes(tensors: Sequence[TensorInfo]) -> list[Scope]:
    """The tensors grouped by layer, in the order of their first tensors."""
    grouped: dict[str, list[TensorInfo]] = {}
    for tensor in tensors:
        grouped.setdefault(_scope_of(tensor), []).append(tensor)
    return [scope for name, members in grouped.items() for scope in _scopes(name, members)]


def plain(name: str) -> str:
    """A name without the number of its output."""
    return name.partition(":")[0]


def legal(name: str) -> str:
    """A name that a recipe can have: no `$`, no braces, and no end that reads as an output."""
    return re.sub(r"\.(\d+)$", r"_\1", re.sub(r"[${}\s]", "_", name))


def _scope_of(tensor: TensorInfo) -> str:
    if tensor.group:
        return tensor.group
    return plain(tensor.name).rpartition("/")[0]


def _scopes(name: str, members: list[TensorInfo]) -> Iterable[Scope]:
    hint = _hint(name, members)
    leaves = [_leaf(t, name, hint) for t in members]
    if len(set(leaves)) == len(leaves):
        yield Scope(legal(name), dict(zip(leaves, members, strict=True)), hint)
        return
    inner: dict[str, Scope] = {}  # a nested model of an H5 file: its layers are in the names
    for tensor in members:
        path = plain(tensor.name).rpartition("/")[0]
        scope = inner.setdefault(path, Scope(legal(path), hint=_hint(path, [tensor])))
        scope.tensors[_leaf(tensor, path, scope.hint)] = tensor
    yield from inner.values()


def _leaf(tensor: TensorInfo, scope: str, hint: str) -> str:
    last = plain(tensor.name).rpartition("/")[2]
    if last.isdigit() and hint in _ORDER and int(last) < len(_ORDER[hint]):
        return _ORDER[hint][int(last)]
    own = scope.rpartition("/")[2]
    if tensor.group and last.startswith(f"{own}_"):  # Keras 1: conv_a/conv_a_W
        last = last[len(own) + 1 :]
    return LEAVES.get(last.lower(), last)


def _hint(name: str, members: Iterable[TensorInfo]) -> str:
    """The class that the automatic name of a layer gives away."""
    paths = [name, *(a.rpartition("/")[0] for t in members for a in (*t.aliases, plain(t.key)))]
    for path in paths:
        parts = [p for p in path.split("/") if p not in ("vars", "cell")]
        last = _NUMBERED.sub("", parts[-1].lower()) if parts else ""
        if CLASSES.get(last):
            return CLASSES[last]
    return ""

"""Ops with their channels first, which TF1 ran on GPUs alone, with their channels last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfmigrate.engines.graph_upgrades import Emit
from tfmigrate.graphs.nodes import Node, Tensor

# Which input is the image; kernels for CPUs take these with their channels last alone.
_IMAGE = {
    "Conv2D": 0, "DepthwiseConv2dNative": 0, "MaxPool": 0, "AvgPool": 0, "FusedBatchNorm": 0,
    "FusedBatchNormV2": 0, "FusedBatchNormV3": 0, "Conv2DBackpropInput": 2,
}  # fmt: skip
_TO_LAST, _TO_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)
_PER_AXIS = ("strides", "ksize", "dilations")


def is_channels_first(message: Any) -> bool:
    """Whether a NodeDef is one of these ops, with its channels first."""
    return message.op in _IMAGE and message.attr["data_format"].s == b"NCHW"


def moved(messages: Mapping[str, Any]) -> dict[Tensor, Tensor]:
    """Where the further outputs of such ops are found: those that are no image."""
    return {
        (name, output): (_inner(name), output)
        for name, message in messages.items()
        if is_channels_first(message) and message.op.startswith("FusedBatchNorm")
        for output in range(1, 6)
    }


def channels_last(emit: Emit, node: Node, message: Any, inputs: list[Tensor]) -> None:
    """The op with its channels last, between two transpositions."""
    name, image = node.name, _IMAGE[node.op]
    kind = message.attr["T"].type
    last = emit.constant(f"{name}/to_last", _TO_LAST, "int32")
    first = emit.constant(f"{name}/to_first", _TO_FIRST, "int32")
    whole = emit.graph.node[-1].attr["dtype"].type
    inputs[image] = emit.op("Transpose", f"{name}/last", (inputs[image], last), T=kind, Tperm=whole)
    if node.op == "Conv2DBackpropInput":
        axis = emit.constant(f"{name}/axis", 0, "int32")
        types = {"Tparams": whole, "Tindices": whole, "Taxis": whole}
        inputs[0] = emit.op("GatherV2", f"{name}/sizes", (inputs[0], last, axis), **types)
    found = emit.op(node.op, _inner(name), inputs)
    new = emit.graph.node[-1]
    new.input.extend(f"^{control}" for control in node.controls)
    for key, value in message.attr.items():
        if not key.startswith("_"):
            new.attr[key].CopyFrom(value)
    _reorder(new)
    emit.op("Transpose", name, (found, first), T=kind, Tperm=whole)


def _inner(name: str) -> str:
    return f"{name}/channels_last"


def _reorder(node: Any) -> None:
    """Attributes that name the axes in their order."""
    node.attr["data_format"].s = b"NHWC"
    for key in _PER_AXIS:
        if key in node.attr and len(node.attr[key].list.i) == 4:
            old = list(node.attr[key].list.i)
            node.attr[key].list.i[:] = [old[axis] for axis in _TO_LAST]
    if "explicit_paddings" in node.attr and len(node.attr["explicit_paddings"].list.i) == 8:
        old = list(node.attr["explicit_paddings"].list.i)
        pairs = [old[2 * axis : 2 * axis + 2] for axis in _TO_LAST]
        node.attr["explicit_paddings"].list.i[:] = [size for pair in pairs for size in pair]

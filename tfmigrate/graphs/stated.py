"""What a graph states of a tensor: its type, and its shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfmigrate.graphs.allowed import PLACEHOLDERS
from tfmigrate.graphs.nodes import Node
from tfmigrate.tensors import Shape

# Ops that give the type that they take.
_SAME = frozenset({
    "Identity", "StopGradient", "Reshape", "Squeeze", "ExpandDims", "Transpose", "Pack", "ConcatV2",
    "StridedSlice", "Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "Relu", "Relu6", "Tanh",
    "Sigmoid", "Softmax", "BiasAdd", "MatMul", "Conv2D", "MaxPool", "AvgPool", "Pad",
})  # fmt: skip
_SINCE_24 = 24  # before, a Placeholder of shape [] had any shape (TensorFlow 1.4 and older)
_MANY = ("QueueDequeueManyV2", "QueueDequeueUpToV2", "QueueDequeueMany", "QueueDequeueUpTo")


def dtype(node: Node, output: int, names: Mapping[int, str]) -> str:
    """The type of a tensor by NumPy's name, "" where only TensorFlow would know.

    Args:
        node: The node that gives it.
        output: Which of its outputs it is.
        names: DataType's numbers.
    """
    for key in ("output_types", "component_types"):
        if key in node.attrs:
            types = node.attrs[key].list.type
            return names.get(types[output], "") if output < len(types) else ""
    key = "dtype" if node.op in PLACEHOLDERS or "Variable" in node.op or node.op == "Const" else (
        "DstT" if node.op == "Cast" else "T" if node.op in _SAME else ""
    )  # fmt: skip
    return names.get(node.attrs[key].type, "") if key in node.attrs else ""


def shape(node: Node, output: int, nodes: Mapping[str, Node], producer: int) -> Shape | None:
    """The shape of a tensor; None where its rank is not stated."""
    if "_output_shapes" in node.attrs:  # what TF1's Python knew, which savers wrote down
        return _listed(node, "_output_shapes", output)
    if node.op in PLACEHOLDERS and "shape" in node.attrs:
        found = _shape(node.attrs["shape"].shape)
        old = producer < _SINCE_24 and node.op == "Placeholder"
        return None if old and found == () else found
    if node.op.startswith("VariableV2") or node.op in ("Variable", "VarHandleOp"):
        return _shape(node.attrs["shape"].shape) if "shape" in node.attrs else None
    if "output_shapes" in node.attrs:
        return _listed(node, "output_shapes", output)
    if "Dequeue" in node.op and node.inputs and node.inputs[0][0] in nodes:
        one = _listed(nodes[node.inputs[0][0]], "shapes", output)
        return (None, *one) if one is not None and node.op in _MANY else one
    return None


def _listed(node: Node, key: str, output: int) -> Shape | None:
    shapes = node.attrs[key].list.shape if key in node.attrs else ()
    return _shape(shapes[output]) if output < len(shapes) else None


def _shape(found: Any) -> Shape | None:
    if found.unknown_rank:
        return None
    return tuple(None if d.size < 0 else int(d.size) for d in found.dim)

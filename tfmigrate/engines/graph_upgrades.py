"""Ops of old graphs that TensorFlow 2 no longer takes, as the ops that it has instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfmigrate.graphs.nodes import Node, Tensor
from tfmigrate.lazy import load


class Emit:
    """Adds nodes to a GraphDef.

    Args:
        graph: The GraphDef.
    """

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def constant(self, name: str, value: Any, dtype: str) -> Tensor:
        """A constant."""
        tf = load("tensorflow")
        proto = tf.make_tensor_proto(value, dtype=dtype)
        node = self.graph.node.add(name=name, op="Const")
        node.attr["value"].tensor.CopyFrom(proto)
        node.attr["dtype"].type = proto.dtype
        return name, 0

    def op(self, op: str, name: str, inputs: Sequence[Tensor], **types: Any) -> Tensor:
        """A node whose attributes are all types or flags."""
        node = self.graph.node.add(name=name, op=op)
        node.input.extend(f"{source}:{output}" for source, output in inputs)
        for key, value in types.items():
            if isinstance(value, bool):
                node.attr[key].b = value
            else:
                node.attr[key].type = value
        return name, 0


def _batch_norm(emit: Emit, node: Node, message: Any, inputs: list[Tensor]) -> None:
    """The batch normalisation of TensorFlow 0.x, removed in version 9 of graphs."""
    kind = message.attr["T"].type
    dtype = load("tensorflow").as_dtype(kind).name
    x, mean, variance, beta, gamma = inputs
    name = node.name
    epsilon = emit.constant(f"{name}/epsilon", message.attr["variance_epsilon"].f, dtype)
    spread = emit.op("AddV2", f"{name}/add_epsilon", (variance, epsilon), T=kind)
    factor = emit.op("Rsqrt", f"{name}/rsqrt", (spread,), T=kind)
    if message.attr["scale_after_normalization"].b:
        factor = emit.op("Mul", f"{name}/scaled", (factor, gamma), T=kind)
    centred = emit.op("Sub", f"{name}/centred", (x, mean), T=kind)
    normal = emit.op("Mul", f"{name}/normal", (centred, factor), T=kind)
    emit.op("AddV2", name, (normal, beta), T=kind)


def _top_k(emit: Emit, node: Node, message: Any, inputs: list[Tensor]) -> None:
    """The largest values, whose number was an attribute until version 7 of graphs."""
    count = emit.constant(f"{node.name}/k", message.attr["k"].i, "int32")
    in_order = "sorted" not in message.attr or message.attr["sorted"].b
    types = {"T": message.attr["T"].type, "sorted": in_order}
    emit.op("TopKV2", node.name, (*inputs, count), **types)


def _lookup(emit: Emit, node: Node, message: Any, inputs: list[Tensor]) -> None:
    """A lookup in a table, whose answer has the shape of the keys: only TF1's Python knew that."""
    keys, values = message.attr["Tin"].type, message.attr["Tout"].type
    name, tf = node.name, load("tensorflow")
    found = emit.op("LookupTableFindV2", f"{name}/found", inputs, Tin=keys, Tout=values)
    emit.graph.node[-1].input.extend(f"^{control}" for control in node.controls)
    size = emit.op("Shape", f"{name}/keys", inputs[1:2], T=keys)
    whole = tf.int32.as_datatype_enum
    emit.op("Reshape", name, (found, size), T=values, Tshape=whole)


UPGRADES: dict[str, Callable[[Emit, Node, Any, list[Tensor]], None]] = {
    "BatchNormWithGlobalNormalization": _batch_norm,
    "TopK": _top_k,
    "LookupTableFind": _lookup,
    "LookupTableFindV2": _lookup,
}

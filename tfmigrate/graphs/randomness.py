"""Random numbers that make a difference: dropout that keeps everything makes none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfmigrate.graphs.allowed import RANDOM
from tfmigrate.graphs.nodes import Node, Tensor

_SCALING = frozenset({"Mul", "Add", "AddV2", "Identity", "Sub"})


def drawn(nodes: Mapping[str, Node]) -> list[str]:
    """The nodes whose random numbers reach an output; those with a state of their own."""
    return [
        n.name
        for n in nodes.values()
        if n.op in RANDOM and not n.op.startswith("Stateless") and not _is_idle(nodes, n)
    ]


def _is_idle(nodes: Mapping[str, Node], node: Node) -> bool:
    """Whether numbers from 0 to 1 only go into ``floor(1 + u)``, which is 1 for each of them."""
    if node.op != "RandomUniform":
        return False
    queue, floors = [node.name], 0
    while queue:
        name = queue.pop()
        for reader in (n for n in nodes.values() if any(t[0] == name for t in n.inputs)):
            if reader.op == "Floor":
                source = nodes[reader.inputs[0][0]]
                if not any(_is_one(nodes, t) for t in source.inputs):
                    return False
                floors += 1
            elif reader.op in _SCALING:
                queue.append(reader.name)
            else:
                return False
    return floors > 0


def _is_one(nodes: Mapping[str, Node], found: Tensor) -> bool:
    node = nodes.get(found[0])
    while node is not None and node.op == "Identity" and node.inputs:
        node = nodes.get(node.inputs[0][0])
    return node is not None and node.op == "Const" and _number(node.attrs["value"].tensor) == 1.0


def _number(proto: Any) -> float | None:
    """The only number of a float constant; None where it has several."""
    if len(proto.tensor_shape.dim) or proto.dtype != 1:
        return None
    if proto.float_val:
        return float(proto.float_val[0])
    import struct

    data = proto.tensor_content
    return float(struct.unpack("<f", data)[0]) if len(data) == 4 else None

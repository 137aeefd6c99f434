"""A graph that was built for training, as its author would have built it for inference.

Batch normalisation takes the moving statistics that the graph itself updates from its batches, and
dropout hands its input on. Only what the graph shows without doubt is changed: which statistics a
layer has is told by the op that updates them, ``v -= (v - batch) * (1 - decay)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tfmigrate.graphs.allowed import RANDOM, VARIABLES
from tfmigrate.graphs.nodes import Graph, Node, Tensor

# Marks a batch normalisation that is no longer one of training.
INFERS = "tfmigrate_infers"
_UPDATES = frozenset({"AssignSub", "AssignSubVariableOp"})
_PASSING = frozenset({"Identity", "Switch", "RefSwitch", "Cast", "StopGradient"})
_MASKING = frozenset({"Cast", "Floor", "GreaterEqual", "Less", "Add", "AddV2", "Sub", "Mul"})


def inferring(graph: Graph) -> Graph:
    """The graph with moving statistics in place of the batch's, and without dropout."""
    nodes = dict(graph.nodes)
    moving = dict(_statistics(nodes))
    for name, node in graph.nodes.items():
        if node.op.startswith("FusedBatchNorm") and "Grad" not in node.op:
            nodes[name] = _fused(node, moving)
        elif not _is_update(node, nodes):
            inputs = tuple(moving.get(t, t) for t in node.inputs)
            nodes[name] = replace(node, inputs=inputs)
    for name, node in list(nodes.items()):
        kept = _dropped(node, nodes)
        if kept is not None:
            nodes[name] = replace(node, op="Identity", inputs=(kept,))
    return Graph(nodes, graph.functions)


def _statistics(nodes: dict[str, Node]) -> Iterator[tuple[Tensor, Tensor]]:
    """What is computed of a batch, and the reading of the variable that keeps its average."""
    for node in nodes.values():
        if node.op not in _UPDATES or len(node.inputs) != 2:
            continue
        product = nodes.get(node.inputs[1][0])
        for factor in product.inputs if product is not None and product.op == "Mul" else ():
            difference = nodes.get(factor[0])
            if difference is None or difference.op != "Sub" or len(difference.inputs) != 2:
                continue
            read, batch = difference.inputs
            if _source(read, nodes) == _source(node.inputs[0], nodes):
                yield batch, (_source(read, nodes), 0) if _is_value(read, nodes) else read


def _source(tensor: Tensor, nodes: dict[str, Node]) -> str:
    """The node behind what merely hands a value on, or reads it."""
    for _ in range(50):
        node = nodes.get(tensor[0])
        if node is None or node.op not in _PASSING | {"ReadVariableOp"} or not node.inputs:
            break
        tensor = node.inputs[0]
    return tensor[0]


def _is_value(read: Tensor, nodes: dict[str, Node]) -> bool:
    """Whether the variable that is read is a reference, which is its own value."""
    source = nodes.get(_source(read, nodes))
    return source is not None and source.op in VARIABLES - {"VarHandleOp"}


def _is_update(node: Node, nodes: dict[str, Node]) -> bool:
    """Whether a node takes the difference that an update is made of."""
    return node.op == "Sub" and len(node.inputs) == 2 and any(
        nodes[n].op in VARIABLES for n in [_source(node.inputs[0], nodes)] if n in nodes
    )  # fmt: skip


def _fused(node: Node, moving: dict[Tensor, Tensor]) -> Node:
    """A fused batch normalisation of training with its moving statistics, where they are known."""
    mean, variance = moving.get((node.name, 1)), moving.get((node.name, 2))
    if mean is None or variance is None or len(node.inputs) != 5:
        return node
    attrs = {**node.attrs, INFERS: 1}
    return replace(node, inputs=(*node.inputs[:3], mean, variance), attrs=attrs)


def _dropped(node: Node, nodes: dict[str, Node]) -> Tensor | None:
    """What dropout takes, where a node is the last op of one: ``x / keep * mask``."""
    if node.op != "Mul" or len(node.inputs) != 2:
        return None
    scaled, mask = (nodes.get(t[0]) for t in node.inputs)
    if scaled is None or mask is None or not _is_mask(mask, nodes):
        return None
    if scaled.op not in ("Mul", "RealDiv", "Div") or not _is_constant(scaled.inputs[1], nodes):
        return None
    return scaled.inputs[0]


def _is_mask(node: Node, nodes: dict[str, Node]) -> bool:
    """Whether a node is zeros and ones, drawn: ``floor(keep + u)`` or ``cast(u >= rate)``."""
    inner = nodes.get(node.inputs[0][0]) if node.inputs else None
    if inner is None or (node.op, inner.op) not in (
        ("Floor", "Add"), ("Floor", "AddV2"), ("Cast", "GreaterEqual"), ("Cast", "Less"),
    ):  # fmt: skip
        return False
    return any(_is_drawn(t, nodes) for t in inner.inputs)


def _is_drawn(tensor: Tensor, nodes: dict[str, Node]) -> bool:
    queue, seen = [tensor[0]], set()
    while queue:
        name = queue.pop()
        node = nodes.get(name)
        if node is None or name in seen:
            continue
        seen.add(name)
        if node.op in RANDOM:
            return True
        if node.op in _MASKING | {"Identity"}:
            queue += [t[0] for t in node.inputs]
    return False


def _is_constant(tensor: Tensor, nodes: dict[str, Node]) -> bool:
    """Whether a value is computed of constants alone."""
    queue, seen = [tensor[0]], set()
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        node = nodes.get(name)
        if node is None or (not node.inputs and node.op != "Const"):
            return False
        queue += [t[0] for t in node.inputs]
    return True

"""Whether a pruned graph may be run: its ops, its functions, its frames, and what it declares.

The parent asks before anything is started, and every worker asks once more about exactly what it
imports.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tfmigrate.errors import Problem, shown
from tfmigrate.graphs.allowed import ALLOWED
from tfmigrate.graphs.frames import frame_problems
from tfmigrate.graphs.nodes import Graph, Node, Tensor
from tfmigrate.graphs.reasons import reason

DEEPEST = 100  # calls of functions inside functions
_SPLAT = 64 << 20  # bytes that a constant may declare without holding them
_WIDTH = {3: 4, 4: 1, 5: 2, 6: 1, 9: 8, 10: 1, 2: 8, 14: 2, 19: 2, 8: 8, 18: 16}  # else 4 bytes


def problems(
    nodes: Mapping[str, Node],
    graph: Graph,
    wanted: Collection[Tensor],
    given: Collection[Tensor],
    also: Collection[str] = (),
) -> list[Problem]:
    """Everything about some nodes that stands in the way of running them.

    Args:
        nodes: The nodes.
        graph: The graph that they come from, for its functions.
        wanted: The outputs.
        given: Tensors whose value comes from outside.
        also: Further ops that may be run here.
    """
    called, deep = _called(nodes, graph)
    allowed = ALLOWED.union(also)
    everything = [*nodes.values(), *(n for name in called for n in graph.functions[name])]
    found = list(_op_problems(everything, graph.functions, allowed))
    found += [
        Problem("the function calls itself, or is nested too deeply", where=shown(name))
        for name in deep
    ]
    found += [_bomb(n) for n in everything if n.op == "Const" and _is_bomb(n)]
    return found + frame_problems(nodes, wanted, given)


def functions(nodes: Mapping[str, Node], graph: Graph) -> frozenset[str]:
    """The functions that some nodes call, directly or not."""
    return frozenset(_called(nodes, graph)[0])


def _op_problems(
    nodes: list[Node], functions: Collection[str], allowed: Collection[str]
) -> Iterator[Problem]:
    refused: dict[str, list[str]] = {}
    for node in nodes:
        if node.op not in allowed and node.op not in functions:
            refused.setdefault(node.op, []).append(node.name)
    for op, names in sorted(refused.items()):
        why, help = reason(op)
        count = f" ({len(names)} nodes)" if len(names) > 1 else ""
        yield Problem(f"{shown(op, 60)} {why}{count}", where=shown(names[0]), help=help)


def _called(nodes: Mapping[str, Node], graph: Graph) -> tuple[list[str], list[str]]:
    """The functions that are called, and those among them that call themselves or nest too deep."""
    depth: dict[str, int] = {}
    deep: dict[str, None] = {}
    stack: list[tuple[str, tuple[str, ...]]] = [
        (name, ()) for node in nodes.values() for name in _calls(node, graph)
    ]
    while stack:
        name, above = stack.pop()
        if name in above or len(above) >= DEEPEST:
            deep[name] = None
        elif depth.get(name, -1) < len(above):
            depth[name] = len(above)
            inner = {c for node in graph.functions[name] for c in _calls(node, graph)}
            stack += [(c, (*above, name)) for c in inner]
    return sorted({*depth, *deep}), list(deep)


def _calls(node: Node, graph: Graph) -> Iterator[str]:
    if node.op in graph.functions:
        yield node.op
    for value in node.attrs.values():
        for name in _functions_of(value):
            if name in graph.functions:
                yield name


def _functions_of(value: Any) -> Iterator[str]:
    if isinstance(value, int):
        return
    if value.HasField("func"):
        yield value.func.name
    if value.HasField("list"):
        yield from (f.name for f in value.list.func)


def _is_bomb(node: Node) -> bool:
    if "value" not in node.attrs:
        return False
    proto = node.attrs["value"].tensor
    declared = math.prod(max(d.size, 0) for d in proto.tensor_shape.dim)
    declared *= _WIDTH.get(int(proto.dtype), 4)
    return bool(declared > _SPLAT and declared > proto.ByteSize() * 4)


def _bomb(node: Node) -> Problem:
    return Problem("the constant declares far more than it holds", where=shown(node.name))

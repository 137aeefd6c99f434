"""Lookup tables of a graph, and what fills them: arrays, a file of its own, or a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator

from tfmigrate.errors import Problem, shown
from tfmigrate.graphs import check, prune
from tfmigrate.graphs.allowed import (
    FILE_INITIALISERS,
    MUTABLE,
    TABLE_INITIALISERS,
    TABLES,
    VARIABLES,
)
from tfmigrate.graphs.nodes import Graph, Node

_HELP = "give the tensor that is looked up in it as an input"


def tables(nodes: prune.Pruned) -> tuple[Node, ...]:
    """The lookup tables among some nodes."""
    return tuple(n for n in nodes.nodes.values() if n.op in TABLES)


def initialiser(graph: Graph, table: str) -> Node | None:
    """The node that fills a table from arrays or a file; None where there is none, or several.

    What a saver imports from a checkpoint is none.
    """
    found = [n for n in fillers(graph, table) if not _restores(graph, n)]
    return found[0] if len(found) == 1 else None


def fillers(graph: Graph, table: str) -> Iterator[Node]:
    """Every node that fills a table."""
    for node in graph.nodes.values():
        count = 3 if node.op in TABLE_INITIALISERS else 2
        fills = node.op in TABLE_INITIALISERS or node.op in FILE_INITIALISERS
        if fills and len(node.inputs) == count and node.inputs[0][0] == table:
            yield node


def asset(graph: Graph, filled: Node) -> str | None:
    """The file that a table is filled from; None where it is no asset of the model.

    TF2 keeps the path of an asset in a variable of its own, which loading assigns.
    """
    name = filled.inputs[1][0]
    node = graph.nodes.get(name)
    while name not in graph.assets and node is not None and node.op == "Identity":
        name = node.inputs[0][0]
        node = graph.nodes.get(name)
    if node is not None and node.op == "ReadVariableOp":
        found = [
            n.inputs[1][0]
            for n in graph.nodes.values()
            if n.op == "AssignVariableOp" and n.inputs[0] == node.inputs[0]
        ]
        name = found[0] if len(found) == 1 else ""
    return graph.assets.get(name)


def _restores(graph: Graph, filled: Node) -> bool:
    """Whether a table is filled with what a saver reads."""
    source = graph.nodes.get(filled.inputs[1][0])
    while source is not None and source.op == "Identity":
        source = graph.nodes.get(source.inputs[0][0])
    return source is not None and source.op == "RestoreV2"


def contents(graph: Graph, filled: Node) -> prune.Pruned:
    """The part of a graph that computes a table's keys and values."""
    return prune.prune(graph, filled.inputs[1:], {})


def table_problems(graph: Graph, held: tuple[Node, ...]) -> list[Problem]:
    """What stands in the way of filling tables."""
    return [problem for node in held for problem in _problems(graph, node)]


def _problems(graph: Graph, node: Node) -> Iterator[Problem]:
    filled = initialiser(graph, node.name)
    if node.name in graph.stored:
        if filled is not None:
            what = "the table has two contents: one of its own, and one in the checkpoint"
            yield Problem(what, where=shown(node.name), help=_HELP)
    elif node.op in MUTABLE and filled is None:
        what = f"{node.op} keeps a table that changes, and no checkpoint has its content"
        yield Problem(what, where=shown(node.name), help=_HELP)
    elif filled is None:
        what = "the table is filled from a file, or nothing in the graph fills it"
        yield Problem(what, where=shown(node.name), help=_HELP)
    elif filled.op in FILE_INITIALISERS:
        if asset(graph, filled) is None:
            what = "the table is filled from a file that is no asset of the model"
            yield Problem(what, where=shown(node.name), help=_HELP)
    else:
        inner = contents(graph, filled)
        yield from check.problems(inner.nodes, graph, inner.outputs, ())
        if any(n.op in VARIABLES | TABLES for n in inner.nodes.values()):
            what = "the table is filled with what variables or other tables hold"
            yield Problem(what, where=shown(node.name))

"""A graph as it was written: what an answer of its own session touches, and whether it may run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tfmigrate.errors import Problem, shown
from tfmigrate.graphs import check, prune
from tfmigrate.graphs.allowed import (
    ASIDE,
    ASSIGNMENTS,
    FILE_INITIALISERS,
    PLACEHOLDERS,
    TABLE_INITIALISERS,
    TABLES,
)
from tfmigrate.graphs.asked import Asked
from tfmigrate.graphs.nodes import Graph, Node
from tfmigrate.graphs.tables import asset, tables

ALSO = (ASIDE - {"PrintV2"}) | PLACEHOLDERS | TABLE_INITIALISERS
_FILLS = TABLE_INITIALISERS | FILE_INITIALISERS


@dataclass(frozen=True)
class Whole:
    """What a session runs for its answers.

    Attributes:
        nodes: The nodes, those that fill tables included.
        fillers: The nodes that fill them.
        held: The tables.
    """

    nodes: Mapping[str, Node]
    fillers: tuple[str, ...]
    held: tuple[Node, ...]


def whole(graph: Graph, asked: Asked) -> Whole:
    """What of a graph, as it was written, its session runs.

    Args:
        graph: The nodes, with their calls.
        asked: What is asked of them.
    """
    pruned = prune.prune(graph, asked.wanted(), asked.given())
    held = tables(pruned)
    names = {n.name for n in held} - graph.stored.keys()
    names |= {n.name for n in pruned.whole.values() if _makes(graph, n)}
    fillers = tuple(n.name for n in graph.nodes.values() if _fills(graph, n, names))
    more = prune.reached(graph.nodes, [(name, 0) for name in fillers], {})
    return Whole({**pruned.whole, **more}, fillers, held)


def _makes(graph: Graph, node: Node) -> bool:
    """Whether a node calls a function that makes a table."""
    return not node.inputs and node.op not in TABLES and bool(operations(graph, node) & TABLES)


def _fills(graph: Graph, node: Node, names: set[str]) -> bool:
    """Whether a node fills one of some tables; a saver, which reads them, is none."""
    if not any(name in names for name, _ in node.inputs):
        return False
    ops = operations(graph, node)
    return bool(ops & _FILLS) and "RestoreV2" not in ops


def operations(graph: Graph, node: Node) -> set[str]:
    """A node's op, and those of the functions that it calls."""
    called = check.functions({node.name: node}, graph)
    return {node.op, *(n.op for name in called for n in graph.functions[name])}


def changes(graph: Graph, nodes: Mapping[str, Node]) -> bool:
    """Whether a run may change a variable."""
    return any(operations(graph, node) & ASSIGNMENTS for node in nodes.values())


def problems(graph: Graph, flat: Graph, asked: Asked) -> list[Problem]:
    """What stands in the way of running a graph as it was written.

    Args:
        graph: The nodes, with their calls.
        flat: The same without, which shows what a function is given.
        asked: What is asked of ``graph``.
    """
    found = whole(graph, asked)
    reads = any(operations(graph, n) & FILE_INITIALISERS for n in found.nodes.values())
    also = ALSO | (FILE_INITIALISERS if reads and flat.assets else frozenset())
    said = check.problems(found.nodes, graph, asked.wanted(), asked.given(), also)
    return said + (list(_strange_files(flat)) if reads else [])


def _strange_files(flat: Graph) -> Iterator[Problem]:
    for node in flat.nodes.values():
        if node.op in FILE_INITIALISERS and asset(flat, node) is None:
            what = f"{node.op} reads a file that is no asset of the model"
            yield Problem(what, where=shown(node.name))

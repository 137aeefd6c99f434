"""Lookup tables of a graph, and the nodes that fill them."""

from __future__ import annotations

from tfmigrate.errors import Problem, shown
from tfmigrate.graphs import check, prune
from tfmigrate.graphs.allowed import TABLE_INITIALISERS, TABLES, VARIABLES
from tfmigrate.graphs.nodes import Graph, Node


def tables(nodes: prune.Pruned) -> tuple[Node, ...]:
    """The lookup tables among some nodes."""
    return tuple(n for n in nodes.nodes.values() if n.op in TABLES)


def initialiser(graph: Graph, table: str) -> Node | None:
    """The node that fills a table from arrays; None where there is none, or several."""
    found = [
        n
        for n in graph.nodes.values()
        if n.op in TABLE_INITIALISERS and len(n.inputs) == 3 and n.inputs[0][0] == table
    ]
    return found[0] if len(found) == 1 else None


def contents(graph: Graph, filled: Node) -> prune.Pruned:
    """The part of a graph that computes a table's keys and values."""
    return prune.prune(graph, filled.inputs[1:], {})


def table_problems(graph: Graph, held: tuple[Node, ...]) -> list[Problem]:
    """What stands in the way of filling tables: a file, or values that are not constant."""
    found = []
    for node in held:
        filled = initialiser(graph, node.name)
        if filled is None:
            what = "the table is filled from a file, or nothing in the graph fills it"
            help = "give the tensor that is looked up in it as an input"
            found.append(Problem(what, where=shown(node.name), help=help))
            continue
        inner = contents(graph, filled)
        found += check.problems(inner.nodes, graph, inner.outputs, ())
        if any(n.op in VARIABLES | TABLES for n in inner.nodes.values()):
            what = "the table is filled with what variables or other tables hold"
            found.append(Problem(what, where=shown(node.name)))
    return found

"""Whether what a model answers depends on what it was asked before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from tfmigrate.errors import Problem, shown
from tfmigrate.graphs import check
from tfmigrate.graphs.allowed import ASSIGNMENTS, TABLES, VARIABLES
from tfmigrate.graphs.nodes import Graph, Node
from tfmigrate.graphs.prune import Pruned

_INSERTS = frozenset({"LookupTableInsertV2", "LookupTableInsert", "LookupTableRemoveV2"})
_CHANGES = ASSIGNMENTS | _INSERTS
_PASSING = frozenset({"Identity", "Enter", "RefEnter", "Switch", "RefSwitch", "RefIdentity"})


def kept(graph: Graph, pruned: Pruned) -> list[Problem]:
    """Variables and tables that an answer reads, and changes for the next one."""
    needed = {n.name for n in pruned.nodes.values() if n.op in VARIABLES or n.op in TABLES}
    found = changed_by(graph, pruned.whole, needed)
    return [
        Problem(f"each answer changes it for the next one ({op})", where=shown(name))
        for name, op in found.items()
    ]


def changed_by(graph: Graph, nodes: Mapping[str, Node], needed: Collection[str]) -> dict[str, str]:
    """Which of some variables and tables nodes change, and the op that does."""
    found: dict[str, str] = {}
    for node in nodes.values():
        for name in _changed(graph, node, nodes):
            if name in needed:
                found.setdefault(name, node.op)
    return dict(sorted(found.items()))


def _changed(graph: Graph, node: Node, nodes: Mapping[str, Node]) -> Iterator[str]:
    """What a node changes: what an assignment is made to, or what such a function is given."""
    if node.op in _CHANGES:
        yield _source(node.inputs[0][0], nodes)
        return
    called = check.functions({node.name: node}, graph)
    if any(_changes(graph.functions[name]) for name in called):
        yield from (_source(name, nodes) for name, _ in node.inputs)


def _changes(body: Iterable[Node]) -> bool:
    return any(n.op in _CHANGES for n in body)


def _source(name: str, nodes: Mapping[str, Node]) -> str:
    for _ in range(50):
        node = nodes.get(name)
        if node is None or node.op not in _PASSING or not node.inputs:
            break
        name = node.inputs[0][0]
    return name

"""What a graph answers: the last nodes that its inputs lead to, training left aside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tfmigrate.sources.graph_ops import FED, GRADIENT, NO_RESULT

# Through these an input's sizes go on, not its values: zero states, masks.
_SIZES = frozenset({"Shape", "ShapeN", "Size", "Rank"})
_UPDATES = frozenset({"AssignSub", "AssignSubVariableOp"})
_STATISTIC = re.compile(r"(^|/)moving_(mean|variance)(/|$|:)")
_TRAINING = re.compile(
    r"(^|/)(loss(es)?|cost|accuracy|metrics?|train(ing|er|_op)?|optimi[sz]e[rd]?|Adam|Momentum"
    r"|RMSProp|GradientDescent|report_uninitialized_variables|summar(y|ies))(_\d+)?(/|$)"
    r"|cross_entropy|(^|/)save(_\d+)?/|L2Loss|_loss(/|$)",
    re.IGNORECASE,
)


def fed(graph: Any) -> tuple[str, ...]:
    """The nodes that hand over what an input pipeline inside the graph has read."""
    return tuple(n.name for n in graph.node if FED.fullmatch(n.op))


def trains(graph: Any) -> bool:
    """Whether the graph updates moving statistics of a batch normalisation."""
    return any(
        node.op in _UPDATES and any(_STATISTIC.search(name) for name in node.input)
        for node in graph.node
    )


def frontier(graph: Any, inputs: Iterable[str], targets: Iterable[str]) -> tuple[str, ...]:
    """The nodes that inputs lead to, that need no target, and that lead to no further such node.

    Args:
        graph: The GraphDef.
        inputs: Names of the nodes that requests come in by.
        targets: Names of the nodes that labels come in by; what depends on them is training.
    """
    nodes = {n.name: n for n in graph.node}
    consumers = _consumers(graph)
    taught = _reached(targets, consumers, frozenset())
    closed = frozenset(name for name, node in nodes.items() if node.op in _SIZES)
    forward = _reached(inputs, consumers, closed)
    kept = {
        name
        for name in forward
        if name not in taught
        and nodes[name].op not in _SIZES
        and not _TRAINING.search(name)
        and not GRADIENT.search(name)
    }
    return tuple(
        name
        for name, node in nodes.items()
        if name in kept
        and not NO_RESULT.fullmatch(node.op)
        and not any(c in kept for c in consumers.get(name, ()))
    )


def _consumers(graph: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in graph.node:
        for name in node.input:
            if not name.startswith("^"):
                found.setdefault(name.partition(":")[0], []).append(node.name)
    return found


def _reached(
    starts: Iterable[str], consumers: Mapping[str, Iterable[str]], closed: Collection[str]
) -> set[str]:
    """Every node that values of the starts reach; nodes in ``closed`` are not gone through."""
    reached = set(starts)
    queue = list(reached)
    while queue:
        name = queue.pop()
        if name not in closed:
            fresh = {c for c in consumers.get(name, ()) if c not in reached}
            reached |= fresh
            queue += fresh
    return reached

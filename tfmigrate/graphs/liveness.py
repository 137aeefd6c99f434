"""Which nodes run once the feeds are known: branches that are never taken are found dead.

What TensorFlow's executor does with Switch and Merge, without values: a node runs when all it
waits for has run, a Merge when one of its inputs has. Source: the executor's documentation of
"dead tensors" (white paper, "Implementation of Control Flow in TensorFlow", 2017).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tfmigrate.graphs.nodes import Node, Tensor

SWITCHES = frozenset({"Switch", "RefSwitch"})
MERGES = frozenset({"Merge", "RefMerge"})
_PASSING = frozenset({
    "Identity", "StopGradient", "Enter", "RefEnter", "RefIdentity", "PreventGradient", "Snapshot",
    "PlaceholderWithDefault",
})  # fmt: skip


@dataclass(frozen=True)
class Liveness:
    """What runs.

    Attributes:
        nodes: The names of the nodes that run, or may.
        dead: Outputs of decided switches that nothing comes out of.
        known: Truth values that are known.
    """

    nodes: frozenset[str]
    dead: frozenset[Tensor]
    known: Mapping[Tensor, bool]

    def tensor(self, found: Tensor) -> bool:
        """Whether something comes out of a tensor."""
        return found[0] in self.nodes and found not in self.dead


def liveness(
    nodes: Mapping[str, Node], given: Mapping[Tensor, bool | None], cut: Collection[str]
) -> Liveness:
    """What of some nodes runs.

    Args:
        nodes: The nodes, every input of which is among them or given.
        given: Tensors whose value comes from outside: its truth value, None where it has another.
        cut: Nodes of which only given outputs are used; nothing waits for them.
    """
    return _Running(nodes, given, cut).through()


class _Running:
    def __init__(
        self, nodes: Mapping[str, Node], given: Mapping[Tensor, bool | None], cut: Collection[str]
    ) -> None:
        self.nodes, self.given, self.cut = nodes, given, cut
        self.known: dict[Tensor, bool] = {t: v for t, v in given.items() if v is not None}
        self.live: set[str] = set()
        self.dead: set[Tensor] = set()
        self.waiting: dict[str, int] = {}
        self.waits: dict[str, list[tuple[Tensor, str]]] = defaultdict(list)
        self.merged: set[str] = set()  # merges that one value has reached

    def through(self) -> Liveness:
        ready = []
        for node in self.nodes.values():
            sources = [t for t in node.inputs if t not in self.given]
            controls = [(c, -1) for c in node.controls if c not in self.cut]
            for source in (*sources, *controls):
                self.waits[source[0]].append((source, node.name))
            count = len(sources)
            if node.op in MERGES:
                count = min(count, 1) if count == len(node.inputs) else 0
                if not count:
                    self.merged.add(node.name)
            self.waiting[node.name] = count + len(controls)
            if self.waiting[node.name] == 0:
                ready.append(node.name)
        while ready:
            ready += self.ran(ready.pop())
        return Liveness(frozenset(self.live), frozenset(self.dead), self.known)

    def ran(self, name: str) -> list[str]:
        """A node runs; those that now have all they waited for."""
        node = self.nodes[name]
        self.live.add(name)
        self.learn(node)
        fresh = []
        for source, waiting in self.waits[name]:
            if source in self.dead or self.again(source, waiting):
                continue
            self.waiting[waiting] -= 1
            if self.waiting[waiting] == 0:
                fresh.append(waiting)
        return fresh

    def again(self, source: Tensor, waiting: str) -> bool:
        """Whether it is a further value for a merge, which waits for one alone."""
        if self.nodes[waiting].op not in MERGES or source[1] < 0:
            return False
        seen = waiting in self.merged
        self.merged.add(waiting)
        return seen

    def learn(self, node: Node) -> None:
        """What is known once it has run."""
        values = [self.known.get(t) for t in node.inputs]
        if node.op in SWITCHES and len(values) == 2:
            chosen = values[1]
            if chosen is not None:
                self.dead.add((node.name, 0 if chosen else 1))
            if values[0] is not None:
                self.known |= {(node.name, 0): values[0], (node.name, 1): values[0]}
            return
        found = _value(node, values)
        if found is not None:
            self.known[node.name, 0] = found


def _value(node: Node, values: list[bool | None]) -> bool | None:
    """The truth value that an op gives, where that is known."""
    if node.op == "Const":
        return _constant(node)
    if node.op in _PASSING and values and _invariant(node):
        return values[0]
    if node.op == "LogicalNot" and values and values[0] is not None:
        return not values[0]
    if node.op == "LogicalAnd":
        return False if False in values else True if values == [True, True] else None
    if node.op == "LogicalOr":
        return True if True in values else False if values == [False, False] else None
    return None


def _invariant(node: Node) -> bool:
    """Whether a value that enters a loop stays what it is."""
    if node.op not in ("Enter", "RefEnter"):
        return True
    return "is_constant" in node.attrs and bool(node.attrs["is_constant"].b)


def _constant(node: Node) -> bool | None:
    """The truth value of a constant that is a single one."""
    if "value" not in node.attrs:
        return None
    proto = node.attrs["value"].tensor
    if proto.dtype != 10 or len(proto.tensor_shape.dim) or proto.tensor_shape.unknown_rank:
        return None
    if proto.bool_val:
        return bool(proto.bool_val[0])
    return bool(proto.tensor_content[0]) if proto.tensor_content else None

"""A graph cut at its inputs and pruned to its outputs, the feeds worked into it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tfmigrate.graphs.allowed import ASIDE, ASSIGNMENTS, VARIABLES
from tfmigrate.graphs.frames import frames_of
from tfmigrate.graphs.liveness import MERGES, SWITCHES, Liveness, liveness
from tfmigrate.graphs.nodes import Graph, Node, Tensor

# A reference to a variable is read where the graph is cut from it: the same ops on plain values.
_PLAIN = {
    "RefSwitch": "Switch", "RefMerge": "Merge", "RefEnter": "Enter", "RefExit": "Exit",
    "RefNextIteration": "NextIteration", "RefIdentity": "Identity",
    "PlaceholderWithDefault": "Identity", "Print": "Identity",
}  # fmt: skip


@dataclass(frozen=True)
class Pruned:
    """What the outputs need.

    Attributes:
        nodes: The nodes by name, decided switches and merges replaced.
        outputs: The outputs, as tensors of these nodes or as given ones.
        whole: All nodes of the source that an answer of its own session touches, unchanged.
        used: The given tensors that the outputs depend on.
        touched: The given tensors that ``whole`` takes, for untaken branches too.
        skipped: Nodes that change variables and that answers merely waited for.
        lost: Outputs that these feeds leave without a value.
    """

    nodes: Mapping[str, Node]
    outputs: tuple[Tensor, ...]
    whole: Mapping[str, Node]
    used: frozenset[Tensor]
    touched: frozenset[Tensor]
    skipped: tuple[str, ...]
    lost: tuple[Tensor, ...]

    def variables(self) -> tuple[Node, ...]:
        """The variables that the outputs depend on."""
        return tuple(n for n in self.nodes.values() if n.op in VARIABLES)


def prune(graph: Graph, outputs: Iterable[Tensor], given: Mapping[Tensor, bool | None]) -> Pruned:
    """The part of a graph that some outputs need.

    Args:
        graph: The graph; every name that its nodes use must be there (:func:`missing`).
        outputs: The tensors wanted.
        given: Tensors whose value comes from outside, inputs and feeds: the truth value, None where
            it has another.
    """
    wanted = tuple(outputs)
    whole = reached(graph.nodes, wanted, given)
    cut = {name for name, _ in given} - whole.keys()
    live = liveness(whole, given, cut)
    lost = tuple(t for t in wanted if t not in given and not live.tensor(t))
    folding = _Folding(whole, live, given)
    folded = {name: folding.node(node) for name, node in whole.items() if name in live.nodes}
    folded |= folding.constants
    controlled = _Controls(folded, given)
    plain = {n: controlled.node(node) for n, node in folded.items()}
    wanted = tuple(t if t in given else folding.tensor(t) for t in wanted)
    needed = reached(plain, [t for t in wanted if t not in lost], given)
    used = {t for n in needed.values() for t in n.inputs if t in given}
    skipped = tuple(sorted(controlled.aside))
    touched = {t for n in whole.values() for t in n.inputs if t in given}
    plain_outputs = {t for t in wanted if t in given}
    return Pruned(
        needed, wanted, whole, frozenset(used | plain_outputs), frozenset(touched | plain_outputs),
        skipped, lost,
    )  # fmt: skip


def reached(
    nodes: Mapping[str, Node], wanted: Iterable[Tensor], given: Collection[Tensor]
) -> dict[str, Node]:
    """The nodes that tensors depend on, given ones cut off; in the order of ``nodes``."""
    cut = {name for name, _ in given}
    queue = [t[0] for t in wanted if t not in given]
    seen = set(queue)
    while queue:
        node = nodes[queue.pop()]
        near = [t[0] for t in node.inputs if t not in given]
        near += [c for c in node.controls if c not in cut]
        fresh = set(near) - seen
        seen |= fresh
        queue += fresh
    return {name: node for name, node in nodes.items() if name in seen}


def missing(graph: Graph, given: Collection[Tensor]) -> Iterator[tuple[str, str]]:
    """Nodes that use a name that is not there, and that name."""
    for node in graph.nodes.values():
        for name in (*(t[0] for t in node.inputs if t not in given), *node.controls):
            if name not in graph.nodes:
                yield node.name, name


class _Folding:
    """Decided switches and merges become identities."""

    def __init__(
        self, nodes: Mapping[str, Node], live: Liveness, given: Mapping[Tensor, bool | None]
    ) -> None:
        self.nodes, self.live, self.given = nodes, live, given
        self.switches = {t[0] for t in live.dead}
        self.chosen = {n.name: self._one(n) for n in nodes.values() if n.op in MERGES}
        self.constants: dict[str, Node] = {}

    def _one(self, merge: Node) -> int | None:
        """The only input of a merge that anything can come out of; None where there are more."""
        able = [i for i, t in enumerate(merge.inputs) if t in self.given or self.live.tensor(t)]
        return able[0] if len(able) == 1 else None

    def node(self, node: Node) -> Node:
        chosen = self.chosen.get(node.name)
        if node.name in self.switches:
            node = replace(node, op="Identity", inputs=node.inputs[:1])
        elif chosen is not None:
            node = replace(node, op="Identity", inputs=(node.inputs[chosen],))
        elif node.op in _PLAIN:
            node = replace(node, op=_PLAIN[node.op], inputs=_values(node))
        inputs = tuple(t if t in self.given else self.tensor(t) for t in node.inputs)
        return replace(node, inputs=inputs)

    def tensor(self, found: Tensor) -> Tensor:
        name, output = found
        if name in self.switches:
            return name, 0
        chosen = self.chosen.get(name)
        if chosen is None or output == 0:
            return found
        index = f"{name}/value_index_{chosen}"
        self.constants[index] = Node(index, "Const", attrs={INDEX: chosen})
        return index, 0


# The attribute of a constant that stands for the second output of a decided merge.
INDEX = "tfmigrate_index"


def _values(node: Node) -> tuple[Tensor, ...]:
    """What a node passes on: Print takes what it prints besides."""
    return node.inputs[:1] if _PLAIN[node.op] == "Identity" else node.inputs


class _Controls:
    """Waiting is dropped where nothing depends on it: every op that is left is pure.

    Inside conditionals and loops a control edge tells whether, and in which frame, a node runs at
    all; there it is kept, and what stands aside is bridged. TF1 ties what takes nothing else in a
    conditional to its switch, in a loop to anything of the loop.
    """

    def __init__(self, nodes: Mapping[str, Node], given: Mapping[Tensor, bool | None]) -> None:
        self.nodes = nodes
        self.cut = {name for name, _ in given}
        frames, _ = frames_of(nodes, given)
        self.inside = {name for name, frame in frames.items() if frame} | _conditional(nodes)
        self.aside: set[str] = set()

    def node(self, node: Node) -> Node:
        return replace(node, controls=tuple(sorted(set(self._kept(node.controls)))))

    def _kept(self, names: Iterable[str]) -> Iterator[str]:
        queue, seen = list(names), set(names)
        while queue:
            name = queue.pop()
            found = self.nodes.get(name)
            if found is None or name in self.cut:
                continue
            if found.op in ASSIGNMENTS:
                self.aside.add(name)
            if found.op in ASIDE:
                near = {*found.controls, *(t[0] for t in found.inputs)} - seen
                seen |= near
                queue += near
            elif name in self.inside:
                yield name


def _conditional(nodes: Mapping[str, Node]) -> set[str]:
    """The nodes that come after a switch, up to where its branches meet."""
    after: dict[str, list[str]] = {}
    for node in nodes.values():
        for name in (*(t[0] for t in node.inputs), *node.controls):
            after.setdefault(name, []).append(node.name)
    queue = [n.name for n in nodes.values() if n.op in SWITCHES]
    seen = set(queue)
    while queue:
        fresh = set(after.get(queue.pop(), ())) - seen
        fresh = {name for name in fresh if nodes[name].op not in MERGES}
        seen |= fresh
        queue += fresh
    return seen

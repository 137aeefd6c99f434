"""Whether the loops of a graph are whole: what enters a frame leaves it through an Exit.

TensorFlow's executor crashes or waits for ever on loops that are not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping

from tfmigrate.errors import Problem, shown
from tfmigrate.graphs.nodes import Node, Tensor

Frame = tuple[str, ...]
_ENTER, _EXIT = ("Enter", "RefEnter"), ("Exit", "RefExit")
_NEXT = ("NextIteration", "RefNextIteration")
DEEPEST = 100


def frame_problems(
    nodes: Mapping[str, Node], wanted: Collection[Tensor], given: Collection[Tensor]
) -> list[Problem]:
    """What is wrong with the loops, a problem for each node."""
    frames, wrong = frames_of(nodes, given)
    for name, _ in wanted:
        if name in frames and _left(nodes[name], frames[name]):
            wrong.setdefault(name, "an output lies inside a loop")
    for name in _circles(nodes):
        wrong.setdefault(name, "it takes its own result, outside any loop")
    return [Problem(f"the graph is not whole: {what}", where=shown(n)) for n, what in wrong.items()]


def frames_of(
    nodes: Mapping[str, Node], given: Collection[Tensor]
) -> tuple[dict[str, Frame], dict[str, str]]:
    """The frame that each node runs in, an Exit's not yet left, and what is wrong with others."""
    after: dict[str, list[str]] = {}
    frames: dict[str, Frame] = {}
    wrong: dict[str, str] = {}
    queue: deque[str] = deque()
    for node in nodes.values():
        sources = [t[0] for t in node.inputs if t not in given]
        for name in (*sources, *(c for c in node.controls if c in nodes)):
            after.setdefault(name, []).append(node.name)
        if not sources and not any(c in nodes for c in node.controls):
            frames[node.name] = _entered(node, ())
            queue.append(node.name)
    while queue:
        name = queue.popleft()
        outside = _left(nodes[name], frames[name])
        if outside is None:
            wrong[name] = "it leaves a loop that nothing entered"
            continue
        for follower in after.get(name, ()):
            inside = _entered(nodes[follower], outside)
            if len(inside) > DEEPEST:
                wrong[follower] = "loops are nested too deeply"
            elif follower not in frames:
                frames[follower] = inside
                queue.append(follower)
            elif frames[follower] != inside:
                wrong[follower] = "it takes values of different loops"
    return frames, wrong


def _entered(node: Node, frame: Frame) -> Frame:
    """The frame that a node runs in."""
    if node.op not in _ENTER or "frame_name" not in node.attrs:
        return frame
    name = node.attrs["frame_name"].s
    return (*frame, name.decode("utf-8", "replace"))


def _left(node: Node, frame: Frame) -> Frame | None:
    """The frame that a node's outputs are in; None where it leaves what nothing entered."""
    if node.op not in _EXIT:
        return frame
    return frame[:-1] if frame else None


def _circles(nodes: Mapping[str, Node]) -> list[str]:
    """Nodes on a circle that no NextIteration closes."""
    after: dict[str, list[str]] = {}
    waiting: dict[str, int] = {}
    for node in nodes.values():
        sources = {n for n, _ in node.inputs if n in nodes} | {
            c for c in node.controls if c in nodes
        }
        sources = {n for n in sources if nodes[n].op not in _NEXT}
        waiting[node.name] = len(sources)
        for name in sources:
            after.setdefault(name, []).append(node.name)
    ready = [n for n, count in waiting.items() if not count]
    seen = 0
    while ready:
        name = ready.pop()
        seen += 1
        for follower in after.get(name, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return [] if seen == len(nodes) else sorted(n for n, count in waiting.items() if count)[:1]

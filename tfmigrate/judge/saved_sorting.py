"""Which signatures of a SavedModel can be served, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tfmigrate.errors import Damaged, NotSupported, Problem, TfmigrateError, shown
from tfmigrate.graphs import prune, randomness, state
from tfmigrate.graphs.allowed import PLACEHOLDERS
from tfmigrate.graphs.asked import Endpoint
from tfmigrate.graphs.inference import inferring
from tfmigrate.graphs.nodes import Node
from tfmigrate.graphs.placed import placed
from tfmigrate.judge import graphs, saved_init
from tfmigrate.judge.graph_files import GraphFile
from tfmigrate.results import Source

DEFAULT = "serving_default"


@dataclass
class Sorted:
    """Endpoints that can be served, and why others cannot.

    Attributes:
        signature: The only one that is wanted, "" for all.
        started: What loading the SavedModel runs.
        good: Those that can, with the nodes that they need.
        left: Why others cannot, by key.
    """

    signature: str = ""
    started: Mapping[str, Node] = field(default_factory=dict)
    good: list[tuple[Endpoint, prune.Pruned]] = field(default_factory=list)
    left: dict[str, TfmigrateError] = field(default_factory=dict)


def sort(file: GraphFile, endpoint: Endpoint, found: Sorted) -> None:
    """Put an endpoint where it belongs.

    Raises:
        Damaged: The graph is not whole.
    """
    asked = placed(endpoint.asked, file.places)
    if asked.inference:
        file = replace(file, graph=inferring(file.graph))
    for node, name in prune.missing(file.graph, asked.given()):
        what = f"{shown(node)} takes {shown(name)}, which is not there"
        raise Damaged(what, where=str(file.path))
    pruned = prune.prune(file.graph, asked.wanted(), asked.given())
    try:
        _check(file, pruned, found.started)
        if found.good and not found.signature:
            _refuse_random(pruned)
        graphs.refuse(graphs.problems(file, asked, pruned), file)
    except TfmigrateError as error:
        found.left[endpoint.key] = error
    else:
        found.good.append((endpoint, pruned))


def _refuse_random(pruned: prune.Pruned) -> None:
    """Leave out what draws: beside the main signature that is one of training."""
    drawn = randomness.drawn(pruned.nodes)
    if drawn:
        problems = [Problem("it draws random numbers", where=shown(name)) for name in drawn[:3]]
        raise NotSupported("its answers are random, so nothing can be compared", problems)


def _check(file: GraphFile, pruned: prune.Pruned, started: Mapping[str, Node]) -> None:
    problems = state.kept(file.graph, pruned)
    if problems:
        raise NotSupported("it keeps state from one request to the next", problems)
    problems = saved_init.changed(file.graph, started, pruned)
    if problems:
        raise NotSupported("it answers with what loading computes", problems)
    problems = [
        Problem("the outputs need a tensor that is fed from outside and is no input", shown(n.name))
        for n in pruned.nodes.values()
        if n.op in PLACEHOLDERS
    ]
    problems += [Problem("nothing comes out of an output", shown(t[0])) for t in pruned.lost]
    if problems:
        raise NotSupported(
            "it does not say all that it takes", problems,
            help="a recipe can: architecture: {graph: source, inputs: ..., outputs: ...,"
            " feeds: {TENSOR: VALUE}}",
        )  # fmt: skip


def refuse_left(
    left: Mapping[str, TfmigrateError], good: Sequence[str], signature: str, source: Source
) -> None:
    """Refuse a model whose main signature, or the only one asked for, cannot be served.

    Raises:
        NotSupported, UnsafeContent: The reason.
    """
    wanted = signature if signature in left else DEFAULT if DEFAULT in left else ""
    if not wanted and not good:
        wanted = next(iter(left))
    if not wanted:
        return
    error = left[wanted]
    others = " or ".join(f"--signature {shown(key)}" for key in good[:3])
    raise type(error)(
        f"the signature {shown(wanted)} cannot be migrated: {error.what}",
        error.problems,
        where=source.path,
        help="; ".join(h for h in (error.help, f"{others} leaves it out" if others else "") if h),
    ) from error

"""A graph of TF1 as architecture: what a recipe asks of it, and whether it may be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged, NotSupported, Problem, TfmigrateError, UnsafeContent, shown
from tfmigrate.graphs import check, prune, reasons, tables
from tfmigrate.graphs.allowed import PLACEHOLDERS, RANDOM, VARIABLES
from tfmigrate.graphs.asked import Asked, Endpoint, of
from tfmigrate.graphs.inference import INFERS, inferring
from tfmigrate.graphs.names import variable_names
from tfmigrate.graphs.nodes import Node
from tfmigrate.judge.graph_files import GraphFile, open_graph
from tfmigrate.judge.graph_names import Names
from tfmigrate.judge.graph_slices import Stored, parts, stored
from tfmigrate.mapping.patterns import Ambiguous, compile_pattern
from tfmigrate.results import Assignment, Source
from tfmigrate.tensors import as_json

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe

_PATH = ("architecture",)
# What batch normalisation keeps of its batches, by the layers of TF1.
_STATISTICS = frozenset({"moving_mean", "moving_variance", "moving_averages"})


@dataclass(frozen=True)
class Graphed:
    """A model inside a graph, checked.

    Attributes:
        file: The graph.
        asked: What of it is the model.
        needed: The variables that the outputs depend on.
        known: Every variable of the graph.
        stored: Where variables lie in the checkpoint, if not under their own name.
        others: Where partitioned variables lie that are not needed.
        random: Nodes that draw random numbers.
        training: Nodes that only make sense while training.
        notes: What a person should know about it.
        endpoints: Its signatures, the first the one of ``asked``; none where it has but one, which
            the recipe names.
        saved: Of a SavedModel, what a worker needs to see the same graph: ``tags``, ``calls``,
            ``assets``, and ``stored``, the keys of tables in the checkpoint.
        values: Where the values of all its known variables lie, by node; of a SavedModel alone.
        public: The names of the needed variables in the export where they are not the nodes'.
    """

    file: GraphFile
    asked: Asked
    needed: tuple[str, ...]
    known: frozenset[str]
    stored: tuple[Stored, ...] = ()
    others: tuple[Stored, ...] = ()
    random: tuple[str, ...] = ()
    training: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    saved: Mapping[str, Any] = field(default_factory=dict)
    values: tuple[Assignment, ...] = ()
    public: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> dict[str, str]:
        """The names of the needed variables in the export, by node."""
        return dict(self.public) or variable_names(self.needed)

    def asked_of(self, key: str) -> Asked:
        """What an endpoint asks of the graph; the first where no other can be meant."""
        return next((e.asked for e in self.endpoints if e.key == key), self.asked)

    def config(self) -> dict[str, Any]:
        """What the engine and the graph's own witness are told."""
        found = {
            "graph": str(self.file.path),
            "kind": self.file.kind,
            "asked": as_json(self.asked),
        }
        if not self.endpoints:
            return found
        return {
            **found,
            "endpoints": [as_json(e) for e in self.endpoints],
            "saved": dict(self.saved),
            "names": self.names(),
        }


def of_recipe(recipe: Recipe, source: Source) -> Graphed:
    """The model that a recipe takes from a graph.

    Raises:
        RecipeProblem: The recipe does not fit the graph; all mistakes at once.
        NotSupported: The graph holds what cannot be run.
        UnsafeContent: It holds what would run code or reach outside the graph.
    """
    architecture = recipe.architecture
    assert architecture is not None
    assert architecture.graph is not None
    file = open_graph(architecture.graph, recipe.path, source)
    names = Names(recipe, file, _PATH)
    asked = names.asked(
        architecture.inputs,
        architecture.outputs,
        architecture.feeds,
        architecture.training is False,
    )
    return checked(names, asked, source)


def checked(names: Names, asked: Asked, source: Source) -> Graphed:
    """The model inside a graph, once everything about it was found to be right.

    Raises:
        RecipeProblem, NotSupported, UnsafeContent: See :func:`of_recipe`.
    """
    file = names.file
    if asked.inference:
        file = replace(file, graph=inferring(file.graph))
    given = asked.given()
    for node, name in prune.missing(file.graph, given):
        raise Damaged(
            f"{shown(node)} takes {shown(name)}, which is not there", where=str(file.path)
        )
    pruned = prune.prune(file.graph, asked.wanted(), given)
    _refuse_names(names, asked, pruned)
    refuse(problems(file, asked, pruned), file)
    variables = pruned.variables()
    refuse_training(names, [n.name for n in variables], source)
    if asked.inference:
        _refuse_random(names, pruned)
    return Graphed(
        file,
        replace(asked, sizes=_sizes(variables, source)),
        tuple(n.name for n in variables),
        frozenset(n.name for n in file.graph.nodes.values() if n.op in VARIABLES),
        found := stored(file, variables, source),
        tuple(s for s in parts(file) if s not in found),
        tuple(n.name for n in pruned.nodes.values() if n.op in RANDOM),
        training(pruned.nodes),
        _notes(asked, pruned),
    )


def problems(file: GraphFile, asked: Asked, pruned: prune.Pruned) -> list[Problem]:
    """Everything in the way of running a pruned graph."""
    found = check.problems(pruned.nodes, file.graph, pruned.outputs, asked.given())
    return found + tables.table_problems(file.graph, tables.tables(pruned))


def refuse(found: list[Problem], file: GraphFile) -> None:
    """Refuse a graph that may not be run.

    Raises:
        UnsafeContent: Something in it runs code or reaches outside the graph.
        NotSupported: Otherwise.
    """
    if not found:
        return
    unsafe = any(reasons.unsafe(p.what.partition(" ")[0]) for p in found)
    kind: type[TfmigrateError] = UnsafeContent if unsafe else NotSupported
    raise kind("the graph holds what cannot be run", found, where=str(file.path))


def _refuse_names(names: Names, asked: Asked, pruned: prune.Pruned) -> None:
    """Mistakes of the recipe that show only once the graph is pruned."""
    for name, text in asked.outputs.items():
        if of(text) in pruned.lost:
            what = "nothing comes out of this tensor with these feeds: its branch is never taken"
            names.add((*names.path, "outputs", name), what)
    open_ = [n for n in pruned.nodes.values() if n.op in PLACEHOLDERS]
    for node in open_:
        what = f"the outputs need {shown(node.name)}:0, which is fed from outside"
        key = "inputs" if asked.inputs else "feeds"
        help = f'name it under `inputs`, or give its value: feeds: {{"{shown(node.name)}:0": ...}}'
        names.add((*names.path, key), what, help=help)
    for name, spec in asked.inputs.items() if not pruned.lost else ():
        if of(spec.tensor) not in pruned.used:
            names.add((*names.path, "inputs", name), "no output depends on this input")
    names.finish()


def refuse_training(names: Names, needed: Sequence[str], source: Source) -> None:
    """Refuse a graph of training: it normalises without the statistics that it has kept.

    Some models are meant so; then the recipe ignores the statistics, with a reason.

    Raises:
        RecipeProblem: Moving statistics of a layer are stored that the outputs do not use.
    """
    layers = {n.rpartition("/")[0] for n in needed}
    ignored = [compile_pattern(p) for i in names.recipe.weights.ignore for p in i.names]
    found = [
        t.name
        for t in source.tensors
        if t.name.rpartition("/")[2] in _STATISTICS
        and t.name not in needed
        and t.name.rpartition("/")[0] in layers
        and not any(_matches(p, t.name) for p in ignored)
    ]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        names.add(
            (*names.path[:1], "graph"),
            "this graph was built for training: it normalises with the statistics of each batch,"
            f" and does not use {shown(found[0])}{more}",
            help="feed the tensor that switches training off; where there is none,"
            " `training: false` beside `graph` takes the moving statistics and leaves dropout out."
            " If it is meant so, list the statistics under weights.ignore with the reason",
        )
    names.finish()


def _refuse_random(names: Names, pruned: prune.Pruned) -> None:
    """Refuse what is left of training once the graph was taken as one of inference."""
    drawn = [n.name for n in pruned.nodes.values() if n.op in RANDOM]
    for name in drawn[:1]:
        what = f"the outputs depend on random numbers that are no known dropout: {shown(name)}"
        names.add((*names.path, "graph"), what)
    names.finish()


def _matches(pattern: Any, name: str) -> bool:
    try:
        return pattern.match(name) is not None
    except Ambiguous:  # it matches, in whichever way
        return True


def _sizes(variables: tuple[Node, ...], source: Source) -> dict[str, tuple[int, ...]]:
    """The shapes of variables that the graph does not state, as the checkpoint has them."""
    stored_shapes = {t.name: t.shape for t in source.tensors}
    found = {}
    for node in variables:
        shape = node.attrs["shape"].shape if "shape" in node.attrs else None
        open_ = shape is None or shape.unknown_rank or any(d.size < 0 for d in shape.dim)
        if open_ and node.name in stored_shapes:
            found[node.name] = stored_shapes[node.name]
    return found


def training(nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """Batch normalisation that takes its statistics from the batch."""
    return tuple(
        n.name
        for n in nodes.values()
        if n.op.startswith("FusedBatchNorm")
        and INFERS not in n.attrs
        and ("is_training" not in n.attrs or n.attrs["is_training"].b)
        and not _is_layer_norm(nodes, n)
    )


def _is_layer_norm(nodes: Mapping[str, Node], node: Node) -> bool:
    """Whether it is a layer normalisation of Keras, each sample made a channel of its own."""
    if len(node.inputs) < 3:
        return False
    scale, image = (nodes.get(node.inputs[i][0]) for i in (1, 0))
    filled = scale is not None and scale.op in ("Fill", "OnesLike")
    return filled and image is not None and image.op == "Reshape"


def _notes(asked: Asked, pruned: prune.Pruned) -> tuple[str, ...]:
    found = []
    if asked.inference:
        found.append("the graph was built for training: normalisation takes the moving statistics"
                     " that it updates, dropout is left out, as the recipe says")  # fmt: skip
    found += [
        f"the feed {shown(f.tensor)} makes no difference to the outputs"
        for f in asked.feeds
        if of(f.tensor) not in pruned.touched
    ]
    if pruned.skipped:
        names = ", ".join(shown(n, 60) for n in pruned.skipped[:5])
        found.append(f"not run: {names}, which change variables; an export does not train")
    return (*found, *notes_on(pruned.nodes))


def notes_on(nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """What a person should know about the nodes of a model."""
    found = training(nodes)
    if not found:
        return ()
    said = (
        f"{shown(found[0])} normalises with the statistics of each batch: the graph was built for"
        " training, and answers so"
    )
    return (said,)

"""Sources that are graphs themselves: SavedModels, and frozen graphs between named tensors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tfmigrate.errors import NotSupported, Problem, UsageProblem, nearest, shown
from tfmigrate.graphs import prune, stated
from tfmigrate.graphs.allowed import PLACEHOLDERS
from tfmigrate.graphs.asked import Asked, Endpoint, GraphInput
from tfmigrate.graphs.nodes import Tensor, tensor, written
from tfmigrate.judge import graph_files, graphs, saved_models
from tfmigrate.judge.graph_files import GraphFile
from tfmigrate.judge.graphs import Graphed
from tfmigrate.options import Options
from tfmigrate.results import Source
from tfmigrate.sources.protos import DTYPES

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe

FROZEN = "frozen-graph"
_TENSORS = "--input NAME=TENSOR:0 and --output NAME=TENSOR:0, each as often as needed"


def own(source: Source, recipe: Recipe | None, asked: Options) -> Graphed | None:
    """The model in a source that is a graph; None for other sources.

    Raises:
        UsageProblem: The options do not fit the source.
        NotSupported, UnsafeContent, Damaged: It cannot be migrated.
    """
    named = {**asked.input_tensors, **asked.output_tensors}
    if source.kind != FROZEN and named:
        raise UsageProblem("--input and --output are for frozen graphs", where=source.path)
    if recipe is not None and recipe.architecture is not None:
        whole = recipe.architecture.graph == graph_files.BESIDE
        if whole and source.kind.startswith("savedmodel"):
            return saved_models.of_recipe(recipe, source, asked.tags)
        return None
    if source.kind.startswith("savedmodel"):
        return saved_models.of_source(source, asked.signature, asked.tags)
    if source.kind == FROZEN:
        return _frozen(source, asked)
    return None


def _frozen(source: Source, asked: Options) -> Graphed:
    """The part of a frozen graph between the tensors that the user names."""
    file = graph_files.read(Path(source.path))
    if not asked.output_tensors:
        raise UsageProblem(
            "a frozen graph does not say where it begins and ends", where=source.path,
            help=f"{_TENSORS}; `tfmigrate inspect` names candidates",
        )  # fmt: skip
    given = {name: _tensor(file, text, "input") for name, text in asked.input_tensors.items()}
    wanted = {name: _tensor(file, text, "output") for name, text in asked.output_tensors.items()}
    inputs = {name: _input(file, name, found) for name, found in given.items()}
    question = Asked(inputs, {name: written(found) for name, found in wanted.items()})
    pruned = prune.prune(file.graph, question.wanted(), question.given())
    _refuse_open(file, pruned, question)
    graphs.refuse(graphs.problems(file, question, pruned), file)
    key = asked.signature or "serving_default"
    return Graphed(
        file, question, tuple(n.name for n in pruned.variables()), frozenset(),
        training=graphs.training(pruned.nodes), notes=graphs.notes_on(pruned.nodes),
        endpoints=(Endpoint(key, question),),
    )  # fmt: skip


def _tensor(file: GraphFile, text: str, what: str) -> Tensor:
    found = tensor(text)
    if found is None or found[0] not in file.graph.nodes:
        close = nearest(text.partition(":")[0], file.graph.nodes)
        near = tuple(f"{name}:0" for name in close)
        problem = Problem(f"the graph has no tensor {shown(text)}", f"--{what}", nearest=near)
        raise UsageProblem("the graph is not as the options say", [problem], where=str(file.path))
    return found


def _input(file: GraphFile, name: str, found: Tensor) -> GraphInput:
    node = file.graph.nodes[found[0]]
    dtype = stated.dtype(node, found[1], DTYPES)
    shape = stated.shape(node, found[1], file.graph.nodes, file.producer)
    if not dtype or shape is None:
        what = "the shape" if dtype else "the type"
        raise NotSupported(
            f"the graph does not state {what} of the input {shown(name)}", where=str(file.path),
            help="say it in a recipe: architecture: {graph: source, inputs: {NAME: {tensor:"
            " NODE:0, shape: [null, ...], dtype: ...}}, outputs: {NAME: NODE:0}}",
        )  # fmt: skip
    return GraphInput(written(found), shape, dtype)


def _refuse_open(file: GraphFile, pruned: prune.Pruned, asked: Asked) -> None:
    """Refuse a graph that needs more than it is given, or less.

    Raises:
        UsageProblem: All of it at once.
    """
    given = asked.given()
    problems = [
        Problem("the outputs need this placeholder", shown(n.name), help=f"--input NAME={n.name}:0")
        for n in pruned.nodes.values()
        if n.op in PLACEHOLDERS
    ]
    problems += [
        Problem("no output depends on this input", shown(written(t)))
        for t in given
        if t not in pruned.used
    ]
    if problems:
        raise UsageProblem("the graph is not as the options say", problems, where=str(file.path))
    for node, name in prune.missing(file.graph, given):
        what = f"{shown(node)} takes {shown(name)}, which is not there"
        raise NotSupported(what, where=str(file.path))

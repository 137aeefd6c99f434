"""The graph beside a checkpoint as a witness, also where the architecture comes from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import TfmigrateError, nearest, shown
from tfmigrate.graphs import prune, stated, whole
from tfmigrate.graphs.allowed import PLACEHOLDERS
from tfmigrate.judge.architecture import Architecture
from tfmigrate.judge.graph_files import GraphFile, beside, open_graph, read
from tfmigrate.judge.graph_names import Names
from tfmigrate.judge.graphs import Graphed, checked
from tfmigrate.recipe.architecture import Input
from tfmigrate.recipe.graph_model import GraphEvidence
from tfmigrate.results import Assignment, Plan, Source
from tfmigrate.sources.protos import DTYPES

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.recipe.reporter import Path

_PATH: Path = ("parity", "graph")
_TRAINING = re.compile(
    r"(is_?|phase_?)?train(ing)?(_?phase|_?mode|_?flag)?|(keras_)?learning_phase", re.IGNORECASE
)
_KEEPING = re.compile(r"(dropout_?)?keep_?prob(ability)?", re.IGNORECASE)


def model(source: Source, recipe: Recipe | None, architecture: Architecture) -> Graphed | str:
    """The recipe's model inside the graph beside the checkpoint, or why it is not found there.

    "" where there is no graph and nobody speaks of one.

    Raises:
        RecipeProblem: The recipe speaks of the graph, and what it says is wrong.
    """
    if recipe is None or recipe.architecture is None:
        return ""
    said = recipe.parity.graph
    if said is not None:
        return _by_name(recipe, open_graph(said.graph, recipe.path, source), source, said)
    path = beside(source)
    if path is None or not recipe.architecture.inputs:
        return ""
    try:
        return _by_name(recipe, read(path), source, GraphEvidence())
    except TfmigrateError as error:
        found = "; ".join(p.what for p in error.problems[:3]) or error.what
        return (
            f"the graph beside the checkpoint ({shown(path.name)}) is no witness: {shown(found)};"
            " `parity: {graph: {inputs: ..., outputs: ..., feeds: ...}}` says which tensors are the"
            " model's"
        )


def _by_name(recipe: Recipe, file: GraphFile, source: Source, said: GraphEvidence) -> Graphed:
    """The model between the tensors that are said, or else have the names of the recipe's own."""
    architecture = recipe.architecture
    assert architecture is not None
    wanted = Names(recipe, file, _PATH)
    inputs = {
        n: said.inputs.get(n) or Input(tensor=f"{n}:0", dtype=i.dtype or "float32")
        for n, i in architecture.inputs.items()
    }
    names = [*architecture.outputs] or [str(e.name) for e in architecture.layers[-1:]]
    outputs = {n: said.outputs.get(n, f"{n}:0") for n in names}
    for kind, given, known in (("input", said.inputs, inputs), ("output", said.outputs, outputs)):
        for name in given:
            if name not in known:
                what = f"the recipe has no {kind} {shown(name, 60)}"
                wanted.add((*_PATH, f"{kind}s", name), what, nearest(name, known))
    asked = wanted.asked(inputs, outputs, said.feeds)
    pruned = prune.prune(file.graph, asked.wanted(), asked.given())
    usual = {n: v for n, v in _usual(file, pruned).items() if n not in said.feeds}
    found = checked(wanted, wanted.asked(inputs, outputs, {**usual, **said.feeds}), source)
    return replace(found, notes=(*found.notes, *_guessed(usual)))


def _guessed(feeds: dict[str, Any]) -> tuple[str, ...]:
    if not feeds:
        return ()
    said = ", ".join(f"{shown(n, 60)} = {json.dumps(v)}" for n, v in feeds.items())
    return (f"the source's own graph was run with {said}, by what these are called;"
            " `parity: {graph: {feeds: ...}}` says it otherwise",)  # fmt: skip


def _usual(file: GraphFile, pruned: prune.Pruned) -> dict[str, Any]:
    """Feeds for the placeholders that can only mean one thing by their name and type."""
    feeds: dict[str, Any] = {}
    for node in pruned.whole.values():
        leaf = node.name.rpartition("/")[2]
        if node.op not in PLACEHOLDERS:
            continue
        dtype = stated.dtype(node, 0, DTYPES)
        if dtype == "bool" and _TRAINING.fullmatch(leaf):
            feeds[f"{node.name}:0"] = False
        elif "float" in dtype and _KEEPING.fullmatch(leaf):
            feeds[f"{node.name}:0"] = 1.0
    return feeds


def excuse(graphed: Graphed) -> str:
    """Why a graph that can be exported cannot be run as it is, "" where it can.

    As it is, it has the branches too that are never taken.
    """
    if graphed.asked.inference:
        return "the source's own graph trains, the recipe asks for inference"
    file = graphed.file
    every = [e.asked for e in graphed.endpoints] or [graphed.asked]
    found = [p for asked in every for p in whole.problems(file.original, file.graph, asked)]
    if not found:
        return ""
    return f"the source's own graph cannot be run as it is: {found[0].what}, {found[0].where}"


def plan(graphed: Graphed, planned: Plan) -> Plan:
    """The plan for the graph's own variables.

    Those of the export are the same where the graph is the architecture; under another one each
    variable gets the tensor of its name, or that tensor's moving average where the plan takes it.
    """
    if graphed.endpoints:
        return Plan(graphed.values)
    targets = {t for a in planned.assignments for t in a.targets}
    if targets == {graphed.names()[n] for n in graphed.needed}:
        nodes = {public: node for node, public in graphed.names().items()}
        return Plan(tuple(_renamed(a, nodes) for a in planned.assignments))
    averages = {
        name.removesuffix(AVERAGE): name
        for a in planned.assignments
        for name in a.sources
        if name.endswith(AVERAGE)
    }
    split = {v for s in graphed.stored for v in s.variables}
    plain = [n for n in graphed.needed if n not in split]
    found = [Assignment((averages.get(n, n),), (n,)) for n in plain]
    return Plan((*found, *(s.assignment() for s in graphed.stored)))


AVERAGE = "/ExponentialMovingAverage"


def _renamed(assignment: Assignment, nodes: Mapping[str, str]) -> Assignment:
    targets = tuple(nodes[t] for t in assignment.targets)
    return Assignment(assignment.sources, targets, assignment.ops, assignment.rule)


def excuse_after(graphed: Graphed, source: Source, planned: Plan) -> str:
    """Why the graph is not the model of the plan: it uses other tensors. "" where it is."""
    if graphed.endpoints:  # it is the model
        return ""
    used = {_raw(n) for a in planned.assignments for n in a.sources}
    split = {v: s.tensor for s in graphed.stored for v in s.variables}
    needed = {_raw(split.get(n, n)) for n in graphed.needed}
    for name in sorted(used - needed):
        return (
            "the graph beside the checkpoint computes something else, it may be the one of"
            f" training: its outputs do not depend on {shown(name)}, the recipe's do"
        )
    for name in sorted(needed - used):
        return (
            "the graph beside the checkpoint computes something else: its outputs depend on"
            f" {shown(name)}, the recipe's do not"
        )
    return ""


def _raw(name: str) -> str:
    return name.removesuffix(AVERAGE)

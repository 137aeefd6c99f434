"""Which second witness a migration has: the library's own loader, or the source's own graph."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfmigrate.judge import graph_beside, reader
from tfmigrate.judge.architecture import Architecture
from tfmigrate.judge.graphs import Graphed
from tfmigrate.judge.serving import Serving
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import VariableInfo, as_json

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe


@dataclass(frozen=True)
class Witness:
    """Who answers the probes besides the export.

    Attributes:
        level: The level of evidence that its answers are.
        who: What it is called.
        task: The worker.
        payload: What that is told.
        excuse: Why it is no witness, "" where it is one.
        graphed: The graph, where it is one.
        notes: What a person should know about it.
    """

    level: str
    who: str
    task: str
    payload: dict[str, Any] = field(default_factory=dict)
    excuse: str = ""
    graphed: Graphed | None = None
    notes: tuple[str, ...] = ()


def choose(
    source: Source, recipe: Recipe | None, architecture: Architecture, scratch: Path
) -> Witness:
    """The best witness that there is.

    Raises:
        RecipeProblem: What the recipe says about the graph beside the checkpoint is wrong.
    """
    graphed = architecture.graph or graph_beside.model(source, recipe, architecture)
    if isinstance(graphed, Graphed):
        payload = {"architecture": graphed.config(), "source": as_json(source)}
        who = "the source's own graph"
        excuse = graph_beside.excuse(graphed)
        notes = () if architecture.graph else graphed.notes
        return Witness("graph", who, "graph_reference", payload, excuse, graphed, notes)
    payload = {
        "engine": architecture.engine,
        "source": as_json(source),
        "config": architecture.stored,
        "scratch": str(scratch),
    }
    why = [reader.excuse_before(source, architecture), graphed]
    who = "the library's own loader"
    return Witness("reader", who, "reference", payload, "; ".join(w for w in why if w))


def with_graph(source: Source, architecture: Architecture, witness: Witness) -> Source:
    """The source with the graph that is read beside it among its files."""
    graphed = architecture.graph or witness.graphed
    if graphed is None or str(graphed.file.path) in source.files:
        return source
    size = source.size + graphed.file.path.stat().st_size
    return replace(source, files=(*source.files, str(graphed.file.path)), size=size)


def question(witness: Witness, serving: Serving, plan: Plan) -> dict[str, Any]:
    """What the witness is asked besides the probes: layers, or the plan for a graph."""
    if witness.graphed is None:
        return {"layers": list(serving.layers)}
    return {"plan": as_json(graph_beside.plan(witness.graphed, plan))}


def knows(witness: Witness, serving: Serving, key: str) -> bool:
    """Whether the witness can answer for a function: a reader of the file has only the model."""
    return witness.graphed is not None or key == serving.main


def names(witness: Witness, serving: Serving, key: str) -> dict[str, Any]:
    """The public names of a function's inputs and outputs, as the witness has to pair them."""
    function = serving.functions[key]
    inputs, outputs = ([s.name for s in side] for side in (function.inputs, function.outputs))
    outputs = [n for n in outputs if n not in serving.layers]
    if witness.graphed is None:
        return {"function": key, "inputs": inputs, "names": outputs}
    asked = witness.graphed.asked_of(key)
    own, given = list(asked.inputs), list(asked.outputs)
    return {
        "function": key,
        "inputs": own if set(own) == set(inputs) else inputs,
        "names": dict(zip(outputs, outputs if set(given) == set(outputs) else given, strict=True)),
    }


def excuse_after(
    witness: Witness, source: Source, variables: tuple[VariableInfo, ...], plan: Plan
) -> str:
    """Why the witness is none after all, now that the plan is known; "" if it is one."""
    if witness.graphed is None:
        return reader.excuse_after(source, variables, plan)
    return graph_beside.excuse_after(witness.graphed, source, plan)

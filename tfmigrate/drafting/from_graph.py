"""A draft from the graph beside a checkpoint: inputs, outputs and what has to be fed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tfmigrate.drafting.pasting import flow, text
from tfmigrate.errors import shown
from tfmigrate.sources.graph_ops import Outline
from tfmigrate.sources.labels import targets
from tfmigrate.tensors import TensorSpec, from_json

_KEEP = re.compile(r"keep_?prob(ability)?", re.IGNORECASE)
# Answers that say so; where there are none, all that is left over counts.
_ANSWER = re.compile(
    r"prob|softmax|sigmoid|logit|predict|output|score|embedding|feature|class|tags|(^|/)out(/|$)",
    re.IGNORECASE,
)
# What loops and shapes leave over: states, masks.
_LEFT_OVER = re.compile(
    r"(^|/)(Exit|ExpandDims|zeros|strided_slice|transpose|Min|Max|Less|Switch|Merge|pred_id|while)"
    r"(_\d+)?$|(^|/)while(_\d+)?/"
)
# What a loop over time gives back, batch first again.
_SEQUENCE = re.compile(r"(^|/)transpose(_\d+)?$")
# Names that operations have of themselves.
_GENERIC = re.compile(
    r"(BiasAdd|Reshape|Placeholder|Squeeze|Identity|add|Add|AddV2|MatMul|Relu|Softmax|Sigmoid)"
    r"(_\d+)?"
)


@dataclass(frozen=True)
class Graph:
    """A graph as the worker describes it.

    Attributes:
        outline: It from outside.
        fed: Nodes that an input pipeline inside it feeds.
        answers: The last nodes that its inputs lead to.
        trains: Whether it updates moving statistics.
    """

    outline: Outline
    fed: tuple[str, ...]
    answers: tuple[str, ...]
    trains: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Graph:
        """The graph that the worker ``outliner`` described."""
        return cls(
            from_json(Outline, data["outline"]),
            tuple(data["fed"]),
            tuple(data["answers"]),
            data["trains"],
        )


def recipe(name: str, graph: Graph) -> tuple[str, tuple[str, ...]]:
    """The recipe's text, and what a person should know.

    Placeholders that switch training are fed; every candidate that is not chosen stands there as a
    comment.
    """
    outline = graph.outline
    switches = {h.where for h in outline.hazards if h.code == "training-placeholder"}
    feeds = [i for i in outline.inputs if shown(i.name) in switches]
    others = [i for i in outline.inputs if i not in feeds]
    taught = targets([i.name for i in others])
    hard = tuple(
        f"{h.where}: {h.what}" for h in outline.hazards if h.code != "training-placeholder"
    )
    said = (
        f"A first draft from the graph beside the checkpoint: {outline.nodes} nodes,"
        f" {len(outline.variables)} variables",
        *(f"hard: {line}" for line in hard),
    )
    lines = [
        *(f"# {line}" for line in said),
        "tfmigrate: 1",
        f"name: {text(name)}",
        "",
        "architecture:",
        "  graph: source  # sure: the .meta beside the checkpoint",
        "  inputs:",
        *_inputs([i for i in others if i.name not in taught], graph.fed),
        *_left_out((i.name for i in others if i.name in taught), "a label, by its name"),
        "  outputs:",
        *_outputs(graph),
    ]
    if graph.trains and not any(f.dtype == "bool" for f in feeds):
        lines.append("  # guessed: it was built for training, and nothing in it switches that off")
        lines.append("  training: false")
    if feeds:
        lines += ["  feeds:", *map(_feed, feeds)]
    return "\n".join(lines) + "\n", said


def _inputs(inputs: list[TensorSpec], fed: tuple[str, ...]) -> Iterator[str]:
    names = _public([i.name for i in inputs])
    for spec in inputs:
        yield f"    {names[spec.name]}: {flow(f'{spec.name}:0')}  # sure: {_described(spec)}"
    if inputs:
        return
    for i, name in enumerate(fed):
        key = "x" if not i else f"x_{i}"
        yield f"    {key}: {flow(f'{name}:0')}  # guessed: cut where the pipeline hands over"
    if not fed:
        yield "    # unknown: it has no placeholder; name the tensor that requests come in by"
        yield '    x: "TENSOR:0"'


def _outputs(graph: Graph) -> Iterator[str]:
    found = (*graph.answers, *graph.outline.outputs)
    likely = [n for n in graph.answers if not _LEFT_OVER.search(n)]
    likely = likely or [n for n in graph.outline.outputs if not _LEFT_OVER.search(n)]
    likely = likely or [n for n in graph.answers if _SEQUENCE.search(n)]
    chosen = [n for n in likely if _ANSWER.search(n)] or likely
    names = _public(chosen)
    for name in chosen:
        yield f"    {names[name]}: {flow(f'{name}:0')}  # guessed: the inputs lead here, no further"
    if not chosen:
        yield "    # unknown: nothing in it looks like an answer; name a tensor"
        yield '    output: "TENSOR:0"'
    rest = [n for n in dict.fromkeys(found) if n not in chosen]
    yield from _left_out(rest, "no answer, by its name")


def _left_out(names: Iterable[str], why: str) -> Iterator[str]:
    given = list(names)
    public = _public(given)
    for name in given[:20]:
        yield f"    # {public[name]}: {flow(f'{name}:0')}  # guessed: {why}"
    if len(given) > 20:
        yield f"    # and {len(given) - 20} more"


def _feed(spec: TensorSpec) -> str:
    value: Any = False
    note = "guessed: off, for it switches training on"
    leaf = spec.name.rpartition("/")[2]
    if spec.dtype != "bool":
        keep = _KEEP.search(leaf)
        value = (1 if keep else 0) if "int" in spec.dtype else (1.0 if keep else 0.0)
        note = "guessed: everything is kept" if keep else "guessed: nothing is dropped"
    return f"    {flow(f'{spec.name}:0')}: {flow(value)}  # {note}"


def _described(spec: TensorSpec) -> str:
    dims = ", ".join("null" if d is None else str(d) for d in spec.shape)
    return f"[{dims}] {spec.dtype}"


def _public(names: Iterable[str]) -> dict[str, str]:
    """Names that callers can use: the last part that says something, the whole where two agree."""
    given = list(names)
    short = {name: _telling(name) for name in given}
    count = Counter(short.values())
    return {n: text(s if count[s] == 1 else n.replace("/", "_")) for n, s in short.items()}


def _telling(name: str) -> str:
    parts = [p for p in name.split("/") if p] or [name]
    own = [p for p in parts if not _GENERIC.fullmatch(p)]
    return own[-1] if own else parts[-1].lower()

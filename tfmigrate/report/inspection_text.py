"""What an inspected source is, in one screen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.report import Style
from tfmigrate.report.folding import Row, fold
from tfmigrate.report.words import counted, lines, reason, shape, size, spec, table
from tfmigrate.results import Hazard, Source, Writer
from tfmigrate.tensors import Signature, TensorInfo

_MOST_ROWS = 30  # what fits a screen beside the rest of the report


def render(source: Source, style: Style) -> list[str]:
    """The lines of the report; the last one is the command to run next, or why there is none."""
    return [
        style.paint(f"{shown(source.path)}: {shown(source.title)}", "bold"),
        f"  {size(source.size)} in {counted(len(source.files), 'file')}, {writer(source.writer)}",
        *_block(_rows(source, style)),
        *_block([f"  {_totals(source.tensors)}"]),
        *_block(signature_lines(source.signatures)),
        *_block(hazards(source.hazards, style)),
        *_block([f"  note: {line}" for note in source.notes for line in lines(note)]),
        "",
        _next(source),
    ]


def writer(found: Writer) -> str:
    """Who wrote a source, and what it does not say."""
    if not found.name:
        return "the file does not say who wrote it"
    version = f" {found.version}" if found.version else " (version not stated)"
    backend = f", {found.backend} backend" if found.backend else ""
    return f"written by {shown(found.name)}{shown(version)}{shown(backend)}"


def signature_lines(
    signatures: Iterable[Signature], processing: Mapping[str, Any] | None = None
) -> list[str]:
    """Each signature with the names, shapes and types that its callers rely on.

    Args:
        signatures: The signatures.
        processing: The steps of each, by its key.
    """
    text = []
    for signature in signatures:
        rows = [("in", *spec(t)) for t in signature.inputs]
        rows += [("out", *spec(t)) for t in signature.outputs]
        method = "" if signature.method == "predict" else f", method {shown(signature.method)}"
        text += [f"  signature  {shown(signature.key)}{method}", *table(rows, indent="    ")]
        text += _steps((processing or {}).get(signature.key, {}))
    return text


def _steps(sides: Mapping[str, Any]) -> Iterator[str]:
    """What happens between callers and the model, a line for each tensor."""
    for links in sides.values():
        for name, link in links.items():
            steps = ", ".join(key for step in link["steps"] for key in step)
            yield f"    steps  {shown(link['from'])} -> {steps} -> {shown(name)}"


def _block(text: list[str]) -> list[str]:
    return ["", *text] if text else []


def _rows(source: Source, style: Style) -> list[str]:
    whole = _layers(source) if source.layers else _variables(source.tensors)
    rows = whole if style.verbosity else fold(whole)
    kept = rows if style.verbosity or len(rows) <= _MOST_ROWS + 1 else rows[:_MOST_ROWS]
    heads = ("layer", "class", "weights") if source.layers else ("variable", "type", "shape")
    text = table([(*heads, "parameters"), *((r.name, *r.cells, f"{r.count:,}") for r in kept)])
    left = sum(r.members for r in rows[len(kept) :])
    more = [f"  ... {left:,} more (-v shows all)"] if left else []
    return [*text, *more] if whole else []


def _layers(source: Source) -> list[Row]:
    by_name = {t.name: t for t in source.tensors}
    rows = []
    for layer in source.layers:
        own = [by_name[w] for w in layer.weights if w in by_name]
        shapes = " ".join(shape(t.shape) for t in own) or "-"
        rows.append(Row(layer.name, (layer.class_name, shapes), _parameters(own)))
    return rows


def _variables(tensors: Iterable[TensorInfo]) -> list[Row]:
    return [
        Row(t.name, (t.dtype, shape(t.shape)), math.prod(t.shape))
        for t in tensors
        if not t.training
    ]


def _parameters(tensors: Iterable[TensorInfo]) -> int:
    return sum(math.prod(t.shape) for t in tensors if not t.training)


def _totals(tensors: Sequence[TensorInfo]) -> str:
    weights = [t for t in tensors if not t.training]
    bytes_ = size(sum(t.nbytes for t in weights))
    said = (
        f"{counted(len(weights), 'tensor')}, {counted(_parameters(weights), 'parameter')}, {bytes_}"
    )
    reasons = Counter(reason(t.training) for t in tensors if t.training)
    left = "; ".join(f"{n:,} ({shown(why)})" for why, n in reasons.most_common())
    return f"{said}; not weights of the model: {left}" if left else said


def hazards(found: Sequence[Hazard], style: Style) -> list[str]:
    """What will be hard, what cannot be got past first."""
    text = ["  what will be hard"] if found else []
    for hazard in sorted(found, key=lambda h: not h.exit_code):
        blocks = bool(hazard.exit_code)
        mark = style.paint("refused" if blocks else "warning", "red" if blocks else "yellow")
        where = f"{shown(hazard.where)}: " if hazard.where else ""
        code = f" (exit code {hazard.exit_code})" if blocks else ""
        first, *rest = lines(hazard.what)
        text += [f"    {mark}  {where}{first}{code}", *(f"      {line}" for line in rest)]
        text += [f"      help: {line}" for line in lines(hazard.help) if hazard.help]
    return text


def _next(source: Source) -> str:
    if source.next_command:
        return f"next: {shown(source.next_command, 1000)}"
    return "next: nothing; no command converts this file as it is"

"""The rebuilt model: its layers, or where it has none, its variables."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tfmigrate.report.folding import Row, fold
from tfmigrate.report.html.about import Context, Subject
from tfmigrate.report.words import counted, shape
from tfmigrate.results import Migration

FOLDED = 40  # more rows than this are folded away until somebody asks
MOST = 10_000  # rows of one table; what is beyond stands in the certificate


@dataclass(frozen=True)
class Architecture:
    """A table of what the model is made of.

    Attributes:
        heads: The names of its columns.
        rows: Its cells as text, the number of parameters last.
        left: How many more rows there are.
        total: How many parameters the model has.
        said: The summary.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int
    total: int
    said: str

    @property
    def open(self) -> bool:
        """Whether it is short enough to be shown at once."""
        return len(self.rows) <= FOLDED


def view(subject: Subject, context: Context) -> Architecture | None:
    """The architecture of a migrated model; None for what else a page is about."""
    if not isinstance(subject, Migration) or not (subject.layers or subject.variables):
        return None
    heads, rows = _layers(subject) if subject.layers else _variables(subject)
    total = sum(math.prod(v.shape) for v in subject.variables)
    what = "layer" if subject.layers else "variable"
    count = len(subject.layers) if subject.layers else len(subject.variables)
    said = f"{counted(count, what)}, {counted(total, 'parameter')}"
    return Architecture(heads, tuple(rows[:MOST]), max(0, len(rows) - MOST), total, said)


def _layers(done: Migration) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The layers; what feeds one is only said where it is not simply the row above."""
    above = ["", *(layer.name for layer in done.layers)]
    fed = ["" if list(x.inputs) == [b] else ", ".join(x.inputs)
           for x, b in zip(done.layers, above, strict=False)]  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (x.name, x.class_name, shape(x.shape), f"{x.parameters:,}") for x in done.layers
    ]
    if not any(fed):
        return ("layer", "class", "output shape", "parameters"), rows
    rows = [(*row[:2], by, *row[2:]) for row, by in zip(rows, fed, strict=True)]
    return ("layer", "class", "fed by, if not the row above", "output shape", "parameters"), rows


def _variables(done: Migration) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The variables, those that only differ in their numbers as one row."""
    found = [Row(v.name, (shape(v.shape), v.dtype), math.prod(v.shape)) for v in done.variables]
    folded = [(row.name, *row.cells, f"{row.count:,}") for row in fold(found)]
    return ("variable", "shape", "type", "parameters"), folded

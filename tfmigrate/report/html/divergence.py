"""Where a migration that failed goes wrong, and what explains it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tfmigrate.proof import Diagnosis, Divergence, LayerDifference
from tfmigrate.report.html import curve
from tfmigrate.report.html.about import Context, Subject, parity_of
from tfmigrate.report.html.architecture import FOLDED, MOST
from tfmigrate.report.html.plots import Plot
from tfmigrate.report.html.steps import top
from tfmigrate.report.html.wording import number
from tfmigrate.report.words import counted

_MARKS = {True: "agrees", False: "differs", None: "not compared"}


@dataclass(frozen=True)
class Found:
    """What explains the difference, and the numbers before and after."""

    layer: str
    hazard: str
    what: str
    apply: str
    numbers: str
    alone: bool


@dataclass(frozen=True)
class Row:
    """One layer beside the reference."""

    number: int
    layer: str
    class_name: str
    paired: str
    off: str
    relative: str
    own: str
    mark: str


@dataclass(frozen=True)
class Place:
    """Where it goes wrong."""

    how: str
    first: tuple[str, ...]
    found: tuple[Found, ...]
    tried: int
    plot: Plot | None
    rows: tuple[Row, ...]
    left: int
    notes: tuple[str, ...]
    said: str
    paired: bool

    @property
    def open(self) -> bool:
        """Whether the table is short enough to be shown at once."""
        return len(self.rows) <= FOLDED


def view(subject: Subject, context: Context) -> Place | None:
    """Where it goes wrong; None where it does not, or nobody could look."""
    parity = parity_of(subject)
    return _place(parity.divergence) if parity is not None and parity.divergence else None


def _place(found: Divergence) -> Place:
    rows = [_row(i, layer, found.first) for i, layer in enumerate(found.layers[:MOST], 1)]
    compared = [layer for layer in found.layers if layer.paired]
    wrong = sum(layer.agrees is False for layer in compared)
    said = f"{wrong:,} of {counted(len(compared), 'compared layer')} differ"
    on_top = top(found.diagnoses)
    often = Counter(diagnosis.layer for diagnosis in found.diagnoses)
    explained = tuple(
        _found(d, "" if d in on_top else d.apply, d.certain and often[d.layer] == 1)
        for d in found.diagnoses  # the first lines to apply stand on top of the page
    )
    return Place(
        found.how, found.first, explained, found.tried,
        curve.of_layers(found), tuple(rows), max(0, len(found.layers) - MOST), found.notes, said,
        any(row.paired for row in rows),
    )  # fmt: skip


def _found(diagnosis: Diagnosis, apply: str, alone: bool) -> Found:
    left = number(diagnosis.after) if diagnosis.after else "within the tolerance"
    numbers = f"{number(diagnosis.before)} off as it is, {left} with that"
    return Found(diagnosis.layer, diagnosis.hazard, diagnosis.what, apply, numbers, alone)


def _row(i: int, layer: LayerDifference, first: tuple[str, ...]) -> Row:
    mark = _MARKS[layer.agrees]
    paired = layer.paired if layer.paired != layer.layer else ""
    if layer.layer in first:
        mark = "first"
    own = "" if layer.own is None else number(layer.own)
    known = mark != "not compared"
    off, relative = (number(n) if known else "" for n in (layer.max_abs, layer.relative))
    return Row(i, layer.layer, layer.class_name, paired, off, relative, own, mark)

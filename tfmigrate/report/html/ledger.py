"""The fate of every source tensor and every variable, with their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfmigrate.report import plan_text
from tfmigrate.report.html.about import Context, Subject
from tfmigrate.report.html.architecture import FOLDED, MOST
from tfmigrate.report.words import shape
from tfmigrate.results import LedgerEntry, Migration


@dataclass(frozen=True)
class Side:
    """One tensor of a row: its name, its shape, and its hash where it was taken."""

    name: str
    shape: str
    digest: str = ""


@dataclass(frozen=True)
class Row:
    """One assignment, or one tensor that was left out.

    Attributes:
        sources: Tensors of the source.
        targets: Variables of the model.
        ops: What happened between them.
        fate: ``restored``, ``ignored``, ``differs`` ...
        good: Whether that is as it should be.
        why: The rule, or the reason for leaving it out.
    """

    sources: tuple[Side, ...]
    targets: tuple[Side, ...]
    ops: tuple[str, ...]
    fate: str
    good: bool
    why: str


@dataclass(frozen=True)
class Ledger:
    """The whole ledger.

    Attributes:
        rows: What is wrong first, then in the order of the ledger.
        left: How many more rows there are.
        said: The summary.
    """

    rows: tuple[Row, ...]
    left: int
    said: str

    @property
    def open(self) -> bool:
        """Whether it is short enough to be shown at once."""
        return len(self.rows) <= FOLDED


def view(subject: Subject, context: Context) -> Ledger | None:
    """The ledger of a migration, or before there is one, the plan."""
    if not isinstance(subject, Migration):
        return None
    rows = sorted(_rows(subject), key=lambda row: row.good)
    said = plan_text.fates(subject).summary()
    return Ledger(tuple(rows[:MOST]), max(0, len(rows) - MOST), said) if rows else None


def _rows(done: Migration) -> Iterator[Row]:
    shapes = {t.name: shape(t.shape) for t in done.source.tensors}
    sizes = {v.name: shape(v.shape) for v in done.variables}
    for entry in done.ledger or _planned(done):
        sources = tuple(Side(n, shapes.get(n, ""), d) for n, d in entry.sources.items())
        targets = tuple(Side(n, sizes.get(n, ""), entry.targets.get(n, "")) for n in entry.expected)
        fate, good = _fate(entry, bool(done.ledger))
        yield Row(sources, targets, tuple(map(_op, entry.ops)), fate, good, entry.rule)
    for name in plan_text.fates(done).unused:
        yield Row((Side(name, shapes.get(name, "")),), (), (), "unused", False, "nothing takes it")


def _planned(done: Migration) -> Sequence[LedgerEntry]:
    blank = dict.fromkeys
    entries = [
        LedgerEntry("planned", blank(a.sources, ""), {}, blank(a.targets, ""), a.ops, a.rule)
        for a in done.plan.assignments
    ]
    return [*entries, *(LedgerEntry("ignored", {i.name: ""}, rule=i.because)
                        for i in done.plan.ignored)]  # fmt: skip


def _fate(entry: LedgerEntry, done: bool) -> tuple[str, bool]:
    if entry.status != "restored":
        return entry.status, True
    if not entry.targets:
        return "not read back", True
    held = all(entry.targets.get(n) == digest for n, digest in entry.expected.items())
    return ("restored", True) if held else ("differs", False)


def _op(op: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_arguments(args)}".rstrip() for name, args in op.items())


def _arguments(given: Any) -> str:
    if isinstance(given, Mapping):
        return ", ".join(f"{name} {value}" for name, value in given.items())
    return "" if given is None else str(given)

"""What became of every tensor: counts and reasons, and the whole plan where it is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.report import Style
from tfmigrate.report.folding import Row, fold
from tfmigrate.report.words import counted, reason, some
from tfmigrate.results import LedgerEntry, Migration, Plan

_MOST_ROWS = 30


@dataclass(frozen=True)
class Fates:
    """Names of tensors by what became of them.

    Attributes:
        variables: How many variables the rebuilt model has.
        restored: Variables that have their value, or after a dry run would get it.
        ignored: Source tensors left out, by reason.
        unused: Source tensors that nothing accounts for.
        verb: What happened to the variables: a plan, a value, or a value read back from disk.
    """

    variables: int
    restored: tuple[str, ...]
    ignored: Mapping[str, tuple[str, ...]]
    unused: tuple[str, ...]
    verb: str

    def done(self) -> str:
        """``32 of 32 variables restored``."""
        return f"{len(self.restored)} of {counted(self.variables, 'variable')} {self.verb}"

    def summary(self) -> str:
        """``32 of 32 variables restored, 0 source tensors unused``."""
        done = self.done()
        left = sum(map(len, self.ignored.values()))
        unused = len(self.unused)
        if left:
            return f"{done}, {counted(left, 'source tensor')} ignored, {unused:,} unused"
        return f"{done}, {counted(unused, 'source tensor')} unused"


def fates(migration: Migration) -> Fates:
    """What the ledger says, or before there is one, the plan."""
    verb = "restored"
    if migration.ledger:
        restored = [e for e in migration.ledger if e.status == "restored"]
        targets = {t for e in restored for t in _held(e)}
        if not all(e.targets for e in restored):
            verb = "assigned, not read back"
        used = {s for e in restored for s in e.sources}
        pairs = [(s, e.rule) for e in migration.ledger if e.status == "ignored" for s in e.sources]
    else:
        verb = "would be restored"
        targets = {t for a in migration.plan.assignments for t in a.targets}
        used = {s for a in migration.plan.assignments for s in a.sources}
        pairs = [(i.name, i.because) for i in migration.plan.ignored]
    known = [v.name for v in migration.variables if v.name in targets]
    unused = {t.name for t in migration.source.tensors} - used - {name for name, _ in pairs}
    return Fates(
        len(migration.variables), tuple(known), _by_reason(pairs), tuple(sorted(unused)), verb
    )


def _held(entry: LedgerEntry) -> list[str]:
    """Variables whose bytes on disk are the expected ones; all, where nothing was read back."""
    return [t for t, h in entry.expected.items() if not entry.targets or entry.targets.get(t) == h]


def weights(migration: Migration, style: Style) -> list[str]:
    """The weights in one line, one line per reason, and after a dry run or with -v the plan."""
    found = fates(migration)
    text = [f"  weights    {found.done()}"]
    for why, names in found.ignored.items():
        each = some(names, len(names) if style.verbosity else 2)
        text.append(f"    ignored  {counted(len(names), 'tensor')}, {shown(why)}: {each}")
    if found.unused:
        text.append(style.paint(f"    UNUSED   {some(found.unused)}", "red"))
    return text + (
        plan(migration.plan, style) if migration.parity is None or style.verbosity else []
    )


def plan(whole: Plan, style: Style) -> list[str]:
    """Each assignment, ``source -> variable``, with its ops and the rule that decided it."""
    rows = [
        Row(
            f"{' + '.join(a.sources)} -> {' + '.join(a.targets)}",
            (" then ".join(map(_op, a.ops)), a.rule),
        )
        for a in whole.assignments
    ]
    rows = rows if style.verbosity else fold(rows)
    kept = rows if style.verbosity or len(rows) <= _MOST_ROWS + 1 else rows[:_MOST_ROWS]
    text = [f"    {_line(row)}" for row in kept]
    left = sum(row.members for row in rows[len(kept) :])
    return [*text, f"    ... {left:,} more (-v shows all)"] if left else text


def _line(row: Row) -> str:
    ops, rule = row.cells
    done = f"  [{shown(ops)}]" if ops else ""
    return f"{shown(row.name)}{done}  by {shown(rule)}"


def _op(op: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {arguments}" for name, arguments in op.items())


def _by_reason(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name, because in pairs:
        grouped.setdefault(reason(because), []).append(name)
    return {why: tuple(names) for why, names in grouped.items()}

"""How fine the check is: what the probes covered, and which planted faults they notice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tfmigrate.proof import InputCoverage, Mutation, OutputCoverage, Parity, Power
from tfmigrate.report.html.about import Context, Subject, parity_of
from tfmigrate.report.html.wording import number, percent
from tfmigrate.report.words import counted


@dataclass(frozen=True)
class Table:
    """A small table: the names of its columns, and its cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Sensitivity:
    """What the probes tried, what they would have noticed, and the noise of the arithmetic."""

    inputs: Table | None
    outputs: Table | None
    warnings: tuple[str, ...]
    power: str
    faults: Table | None
    noise: Table | None
    notes: tuple[str, ...]


def view(subject: Subject, context: Context) -> Sensitivity | None:
    """How fine the check is; None where nothing is known of it."""
    parity = parity_of(subject)
    if parity is None:
        return None
    coverage, power = parity.coverage, parity.power
    if coverage is None and power is None and parity.noise is None:
        return None
    return Sensitivity(
        _table(_INPUTS, map(_input, coverage.inputs)) if coverage else None,
        _table(_OUTPUTS, map(_output, coverage.outputs)) if coverage else None,
        coverage.warnings if coverage else (),
        _said(power) if power is not None else "",
        _faults(power) if power is not None else None,
        _noise(parity),
        parity.noise.notes if parity.noise else (),
    )


_INPUTS = ("input", "samples", "lengths tried", "values", "embedding rows looked up")
_OUTPUTS = ("output", "elements of a sample", "never changed", "saturated")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table | None:
    found = tuple(rows)
    return Table(heads, found) if found else None


def _input(found: InputCoverage) -> tuple[str, ...]:
    values = ""
    if found.low is not None and found.high is not None:
        values = f"{found.low:g} to {found.high:g}"
    rows = ""
    if found.rows:
        share = percent(found.touched, found.rows)
        rows = f"{found.touched:,} of {found.rows:,} ({share})"
    lengths = ", ".join(map(str, found.lengths))
    return found.name, f"{found.samples:,}", lengths or "-", values or "-", rows or "-"


def _output(found: OutputCoverage) -> tuple[str, ...]:
    dead = f"{found.dead:,} of {found.positions:,}"
    return found.name, f"{found.positions:,}", dead, percent(found.saturated, 1)


def _said(power: Power) -> str:
    caught, missed, silent = map(power.count, ("caught", "missed", "silent"))
    seen = caught + missed
    said = f"{caught:,} of {counted(seen, 'planted fault')} that change an answer were noticed"
    if silent:
        said += f"; {silent:,} more change no answer at all"
    if power.left_out:
        said += f"; {power.left_out:,} further ones were not tried (seed {power.seed})"
    return f"{said}."


def _faults(power: Power) -> Table | None:
    order = {"missed": 0, "silent": 1, "caught": 2}
    known = sorted(power.mutations, key=lambda m: order.get(m.outcome, 0))
    return _table(("fault", "planted in", "outcome", "seen in", "by"), map(_fault, known))


def _fault(found: Mutation) -> tuple[str, ...]:
    size = number(found.max_abs) if found.max_abs else "-"
    return found.kind, found.where, found.outcome, found.output or "-", size


def _noise(parity: Parity) -> Table | None:
    floor = parity.noise.floor if parity.noise else {}
    rows = [(name, what, number(by)) for name, found in floor.items() for what, by in found.items()]
    return _table(("output", "what was changed", "largest difference"), rows)

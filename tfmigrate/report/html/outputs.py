"""Parity, output by output, in numbers and plots."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.proof import OutputComparison, Parity
from tfmigrate.report.html.about import Context, Subject, parity_of
from tfmigrate.report.html.plots import Plot, of_output
from tfmigrate.report.html.wording import number, percent, plain
from tfmigrate.report.words import counted, shape


@dataclass(frozen=True)
class Output:
    """One output: whether it matches, the numbers, the plots."""

    name: str
    passed: bool
    form: str
    why: str
    weak: str
    facts: tuple[tuple[str, str], ...]
    plots: tuple[Plot, ...]


@dataclass(frozen=True)
class Outputs:
    """All outputs, what was asked, and the further checks."""

    outputs: tuple[Output, ...]
    probes: tuple[str, ...]
    checks: tuple[tuple[str, str, bool], ...]


_CHECKS = {
    "repeatable": "the same inputs give the same answers again",
    "batch-independent": "a sample's answer does not depend on what else is in its batch",
    "sensitive": "every planted fault that changes an answer was noticed",
    "same layer by layer": "the optimised graph answers as the layers do one after the other",
}


def view(subject: Subject, context: Context) -> Outputs | None:
    """The comparison of each output; None where none was made."""
    parity = parity_of(subject)
    if parity is None or not (parity.outputs or parity.checks):
        return None
    checks = tuple((name, _CHECKS.get(name, ""), held) for name, held in parity.checks.items())
    outputs = tuple(_output(o, parity) for o in parity.outputs)
    return Outputs(outputs, tuple(map(_probe, parity.probes)), checks)


def _probe(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {shape(dims)}" for name, dims in shapes.items())


def _output(output: OutputComparison, parity: Parity) -> Output:
    form = f"{shape(output.shape)} {output.dtype}" if output.dtype else ""
    facts = tuple(pair for pair in (*_numbers(output), *_decided(output), *_noise(output, parity)))
    return Output(
        output.name, output.passed, form, output.why, output.weak, facts, of_output(output)
    )


def _numbers(output: OutputComparison) -> list[tuple[str, str]]:
    differing = f"{output.differing:,} of {output.elements:,}"
    if output.tolerance is None:
        exact = ("tolerance", "none: exact equality was asked")
        return [exact, ("elements that differ", differing)]
    allowed = f"{plain(output.tolerance.rtol)} relative + {plain(output.tolerance.atol)} absolute"
    worst = f", at {list(output.worst[1:])} in probe {output.worst[0]}" if output.worst else ""
    found = [
        ("tolerance", allowed),
        ("elements outside it", differing),
        ("share of it used", _used(output)),
        ("largest difference", f"{number(output.max_abs)}{worst if output.max_abs else ''}"),
        ("largest relative difference", number(output.max_rel)),
        ("mean difference", number(output.mean_abs)),
    ]
    if output.needed:
        at = f"{number(output.needed)} absolute, at {plain(output.tolerance.rtol)} relative"
        found.insert(3, ("tolerance needed", at))
    return found


def _used(output: OutputComparison) -> str:
    if not output.used:
        return "-" if output.max_abs else "none: the answers are equal"
    if output.used > 1:
        return f"{number(output.used)} times what is allowed"
    return f"{percent(output.used, 1)}, a margin of {number(1 / output.used)} times"


def _decided(output: OutputComparison) -> list[tuple[str, str]]:
    found = output.decisions
    if found is None:
        return []
    same = percent(found.agreeing, found.total)
    ties = f", {counted(found.near_ties, 'near tie')} among the others" if found.near_ties else ""
    value = f"{same} the same ({found.agreeing:,} of {found.total:,}{ties})"
    return [(f"decisions by {found.kind}", value)]


def _noise(output: OutputComparison, parity: Parity) -> list[tuple[str, str]]:
    floor = parity.noise.floor.get(output.name, {}) if parity.noise else {}
    return [(f"noise floor, {what}", number(value)) for what, value in floor.items()]

"""Known faults, undone one at a time in the whole model: which of them makes the outputs agree."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tfmigrate.engines.changes import Change, changed, proposals
from tfmigrate.errors import NotSupported
from tfmigrate.proof import Diagnosis
from tfmigrate.workers.advice import advice
from tfmigrate.workers.patient import Patient

_SECONDS = 60.0


def failing() -> tuple[type[Exception], ...]:
    """What a layer raises that cannot be what a trial makes of it."""
    import tensorflow as tf

    errors = (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError)
    return (*errors, ArithmeticError, AssertionError, NotSupported, tf.errors.OpError)


@dataclass(frozen=True)
class Trial:
    """Changes that are made together, and how far the outputs are off with them."""

    changes: tuple[Change, ...]
    off: float = 0.0


def averages(patient: Patient) -> Diagnosis | None:
    """That the other of raw and averaged weights is meant, where that makes the outputs agree."""
    before = patient.off_by(patient.answers(patient.at), patient.at)
    with patient.other_averages() as pairs:
        if not pairs or not patient.healthy():
            return None
        after = patient.off_by(patient.answers(patient.at), patient.at)
    taken = any(t.average_of for t in patient.source.tensors if _used(patient, t.name))
    other = "raw weights" if taken else "moving averages"
    return Diagnosis(
        f"{pairs} variables",
        "averages",
        f"the reference computed with the {other}",
        f"weights: {{averages: {'ignore' if taken else 'prefer'}}}",
        before,
        after,
        certain=False,  # nothing else is tried where this holds
    )


def search(patient: Patient) -> tuple[list[Diagnosis], int, list[str]]:
    """The faults that explain all outputs, how many were tried, and what is to be said."""
    before = patient.off_by(patient.answers(patient.at), patient.at)
    until, tried, held, notes = time.monotonic() + _SECONDS, 0, [], []
    averaged = averages(patient)
    if averaged is not None:
        return [averaged], 1, []
    for changes in _combinations(patient):
        if time.monotonic() > until:
            notes.append(f"stopped after {_SECONDS:.0f} s: not every known fault was tried")
            break
        tried += 1
        found = _tried(patient, changes)
        if found is not None:
            held.append(found)
    certain = len(held) == 1 and not notes
    return [_diagnosis(patient, t, before, certain) for t in held], tried, notes


def diagnosis(
    patient: Patient, change: Change, before: float, after: float, certain: bool
) -> Diagnosis:
    """A change that makes the numbers agree, as a finding."""
    apply = advice(change, patient.source, patient.plan, patient.written)
    what = f"the reference {change.what}".replace(" instead of ", ", where this model has ")
    return Diagnosis(change.layer, change.kind, what, apply, before, after, certain)


def _tried(patient: Patient, changes: Sequence[Change]) -> Trial | None:
    with contextlib.ExitStack() as stack:
        try:
            for change in changes:
                stack.enter_context(changed(patient.rebuilt.built, change))
            found = patient.answers(patient.at)
        except failing():
            return None
        if patient.off_by(found, patient.at) or not patient.healthy():
            return None
        return Trial(tuple(changes))


def _combinations(patient: Patient) -> Iterator[tuple[Change, ...]]:
    """The same change in every layer that it fits first, then each alone."""
    found = list(proposals(patient.rebuilt.built))
    twins = {frozenset(c.sources.items()): c for c in reversed(found) if c.sources}
    every = [c for c in found if not c.sources or twins[frozenset(c.sources.items())] is c]
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in every:
        groups.setdefault((change.kind, change.what), []).append(change)
    yield from (tuple(group) for group in groups.values() if len(group) > 1)
    yield from ((change,) for change in every)


def _diagnosis(patient: Patient, trial: Trial, before: float, certain: bool) -> Diagnosis:
    every = [diagnosis(patient, c, before, trial.off, certain) for c in trial.changes]
    if len(every) == 1:
        return every[0]
    names, lines = ", ".join(d.layer for d in every), dict.fromkeys(d.apply for d in every)
    what = f"{every[0].what}, in each of {len(every)} layers"
    return replace(every[0], layer=names, what=what, apply="\n".join(lines))


def _used(patient: Patient, name: str) -> bool:
    return any(name in a.sources for a in patient.plan.assignments)

"""Layer by layer against a reference's activations: where it goes wrong, and what explains it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfmigrate.engines.changes import Change, changed, proposals
from tfmigrate.engines.taps import Tap, Tapped, answering
from tfmigrate.parity.localise import Seen, first, localise, off, parts, reaching
from tfmigrate.proof import Diagnosis, Divergence, LayerDifference
from tfmigrate.workers.isolation import alone
from tfmigrate.workers.patient import Patient
from tfmigrate.workers.trials import averages, diagnosis, failing

Array = np.ndarray[Any, Any]

# Faults that are looked for in one model; the first are the ones that matter.
_MOST = 8
_HOW = "each layer was compared with what the reference computed there, where that is known"


@dataclass
class _Examination:
    patient: Patient
    reference: Mapping[str, Array]
    stack: contextlib.ExitStack
    layers: tuple[LayerDifference, ...] = ()
    faulty: list[str] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tried: int = 0

    def step(self) -> bool:
        """Find the next layer at fault, and treat it; whether there was one that could be."""
        run = self.patient.run()
        layers = localise([_seen(t) for t in run.taps], self.reference, self._given())
        self.layers = self.layers or tuple(alone(layers, run, self.reference))
        wrong = reaching(layers, self._ends(run))
        at = next((n for n in first(layers) if n in wrong and n not in self.faulty), None)
        if at is None:
            return False
        self.faulty.append(at)
        known = {layer.layer: layer for layer in layers}
        tap = next(t for t in run.taps if t.name == at)
        return self._treated(tap, known)

    def only(self, averaged: Diagnosis) -> Divergence:
        """What is said when one fault explains everything."""
        run = self.patient.run()
        layers = localise([_seen(t) for t in run.taps], self.reference, self._given())
        return Divergence(_HOW, layers, first(layers)[:1], (averaged,), 1)

    def _given(self) -> list[str]:
        return list(self.patient.rebuilt.names.inputs)

    def _ends(self, run: Tapped) -> list[str]:
        """The calls that made the outputs that are off; all of them where that is not known."""
        expected = self.patient.expected[self.patient.at]
        shares = {n: off(a, expected[n])[1] for n, a in run.answers.items() if n in expected}
        ends = [run.ends[n] for n, share in shares.items() if share and n in run.ends]
        return ends or [tap.name for tap in run.taps]

    def _treated(self, tap: Tap, known: Mapping[str, LayerDifference]) -> bool:
        here = known[tap.name]
        before = max((known[i].relative for i in here.inputs if i in known), default=0.0)
        target = self.reference[here.paired]
        found = sorted(self._explanations(tap, target), key=lambda e: e.share)
        agreeing = [e for e in found if not parts(e.share, before)]
        for one in agreeing:
            certain = len(agreeing) == 1
            found_out = diagnosis(self.patient, one.change, here.max_abs, one.off, certain)
            self.diagnoses.append(found_out)
        if agreeing:
            self.stack.enter_context(changed(self.patient.rebuilt.built, agreeing[0].change))
            return True
        self.notes.append(_unexplained(here, found))
        return self._forced(tap, target, known)

    def _explanations(self, tap: Tap, target: Array) -> Iterator[_Explanation]:
        """What the layer answers with each known fault undone."""
        for change in proposals(self.patient.rebuilt.built, tap.layer):
            self.tried += 1
            try:
                with changed(self.patient.rebuilt.built, change):
                    answer = _first(tap.layer(*tap.args, **tap.kwargs))
            except failing():  # the layer cannot be so
                continue
            if answer.shape == target.shape:
                largest, share = off(answer, target)
                yield _Explanation(change, largest, share)

    def _forced(self, tap: Tap, target: Array, known: Mapping[str, LayerDifference]) -> bool:
        """Give the layer the reference's answer, so that what comes after it can be looked at."""
        import tensorflow as tf

        once = f"{tap.name}#2" not in known and "#" not in tap.name
        if not once or len(tap.values) != 1:
            return False
        right = tf.constant(target, tap.values[0].dtype)
        self.stack.enter_context(answering(tap.layer, lambda *args, **kwargs: right))
        return True


@dataclass(frozen=True)
class _Explanation:
    change: Change
    off: float
    share: float


def examine(patient: Patient, reference: Mapping[str, Array]) -> Divergence:
    """Find every layer at fault, the first one first; treat each, and look again."""
    averaged = averages(patient)
    with contextlib.ExitStack() as stack:
        found = _Examination(patient, reference, stack)
        if averaged is not None:
            return found.only(averaged)
        while len(found.faulty) < _MOST and found.step():
            pass
        if found.diagnoses and len(found.faulty) == len({d.layer for d in found.diagnoses}):
            found.notes.append(_together(patient, len(found.faulty)))
    return Divergence(
        _HOW,
        found.layers,
        tuple(found.faulty),
        tuple(found.diagnoses),
        found.tried,
        tuple(found.notes),
    )


def _together(patient: Patient, faults: int) -> str:
    what = "this" if faults == 1 else "all of these"
    if patient.healthy():
        return f"With {what} applied, every output agrees with the reference on every probe."
    left = patient.off_by(patient.answers(patient.at), patient.at)
    return f"With {what} applied, the outputs are still off by {left:.2g}."


def _seen(tap: Tap) -> Seen:
    value = tap.values[0] if tap.values else np.zeros(0)
    return Seen(tap.name, type(tap.layer).__name__, tap.inputs, value)


def _first(answer: Any) -> Array:
    import tensorflow as tf

    return np.asarray(tf.nest.flatten(answer)[0])


def _unexplained(here: LayerDifference, found: list[_Explanation]) -> str:
    text = f"none of {len(found)} known faults explains {here.layer} ({here.class_name})"
    if found and found[0].share < here.relative / 10:
        text += f"; the nearest is that {found[0].change.what}: off by {found[0].off:.2g} then"
    return text

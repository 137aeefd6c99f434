"""The export is asked from disk, and its answers are held against the best reference there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tfmigrate.judge import divergence, power, randomness, verdict
from tfmigrate.judge.bundle import Bundle, bundle
from tfmigrate.judge.case import Case
from tfmigrate.judge.merging import merged
from tfmigrate.judge.noise import Floor
from tfmigrate.judge.second_reader import SecondReader
from tfmigrate.judge.verdict import Reference
from tfmigrate.judge.witness import Witness
from tfmigrate.parity import evidence
from tfmigrate.parity.coverage import coverage
from tfmigrate.parity.probes import Probe
from tfmigrate.parity.runner import REPEATABLE
from tfmigrate.proof import Parity, Portability
from tfmigrate.tensors import from_json


@dataclass(frozen=True)
class Judged:
    """What was found.

    Attributes:
        parity: The verdict on all signatures together.
        answers: What each signature was compared with.
        exported: What each signature answered.
        hashes: The SHA-256 of each exported variable.
        portability: Its ops, and the oldest TensorFlow that has them.
        bundle: Warm-up records that were run.
    """

    parity: Parity
    answers: tuple[tuple[Probe, ...], ...]
    exported: tuple[tuple[Probe, ...], ...]
    hashes: Mapping[str, str]
    portability: Portability
    bundle: Bundle


def judge(
    cases: Sequence[Case],
    reader: SecondReader,
    witness: Witness,
    floor: Floor,
    explain: bool = True,
) -> Judged:
    """Run the export, compare every answer, and find out how much that proves.

    Args:
        cases: The signatures of the export; the first is the main one.
        reader: The second witness.
        witness: What that is.
        floor: What measures the noise.
        explain: Whether it is worth finding out why, where it does not answer as it should.

    Raises:
        NotProved: The export does not run, or the evidence is below what is required.
    """
    first = cases[0]
    warmup = bundle([c.signature for c in cases], [c.probing.probes for c in cases], first.scratch)
    floor.measure(first)
    found = first.calls.ask("verifier", _order(cases, warmup), first.room.reading(first.staging))
    judged = [
        _Judgement(case, reader, witness).compared(run)
        for case, run in zip(cases, found["runs"], strict=True)
    ]
    reader.end()
    held = [output.name for output in judged[0][1].outputs if output]
    noise = floor.found(first, judged[0][0], found["runs"][0], held)
    parities = [
        _known(case, reference, replace(parity, noise=noise if case is first else None), explain)
        for case, (reference, parity) in zip(cases, judged, strict=True)
    ]
    return Judged(
        _together(cases, parities),
        tuple(reference.answers for reference, _ in judged),
        tuple(case.answers("exported") for case in cases),
        found["hashes"],
        from_json(Portability, found["portability"]),
        replace(warmup, failures=tuple(found["failures"])),
    )


def _order(cases: Sequence[Case], warmup: Bundle) -> dict[str, Any]:
    """What the verifier is told."""
    return {
        "path": str(cases[0].staging),
        "runs": [case.sent("exported") for case in cases],
        "variables": [v.name for v in cases[0].variables],
        "warmup": warmup.order(),
    }


def _together(cases: Sequence[Case], parities: Sequence[Parity]) -> Parity:
    """One verdict on all signatures, of the level that was asked for."""
    found = merged([(case.key, parity) for case, parity in zip(cases, parities, strict=True)])
    required = cases[0].options.require_evidence
    if found and required:
        evidence.require(found.level, required, found.notes)
    return found


def _known(case: Case, reference: Reference, parity: Parity, explain: bool) -> Parity:
    """A verdict with everything that is known of it: how much was tried, and why it is so."""
    asked = case.probing
    covered = coverage(case.signature, asked.probes, reference.answers, asked.hints)
    parity = replace(parity, coverage=covered, recorded=dict(asked.recorder))
    return _explained(case, reference, parity) if explain else parity


def _explained(case: Case, reference: Reference, parity: Parity) -> Parity:
    """With what went wrong, or with what the check is worth."""
    if not case.main or not reference.inner:  # only the first function can be rebuilt once more
        return parity
    if not parity:
        return replace(parity, divergence=divergence.find(case, reference, parity))
    return power.proved(case, reference, parity) if case.options.prove else parity


@dataclass(frozen=True)
class _Judgement:
    case: Case
    reader: SecondReader
    witness: Witness

    def compared(self, found: Mapping[str, Any]) -> tuple[Reference, Parity]:
        case, got, reference = self.case, self.case.answers("exported"), self._reference()
        eager = reference.inner if reference.level == "reader" else case.answers("eager")
        checks, notes = verdict.by_design(found["checks"])
        drawn, unsteady = randomness.drawing(case.architecture.config), found["unsteady"]
        eager = self._seen(eager)
        if drawn and unsteady:
            notes = (*notes, randomness.said(unsteady, drawn))
            checks[REPEATABLE] = True
            got, eager = (randomness.without(a, unsteady) for a in (got, eager))
            reference = replace(reference, answers=randomness.without(reference.answers, unsteady))
        reference = replace(reference, notes=(*reference.notes, *notes))
        checks |= verdict.layer_by_layer(eager, got)
        asked, terms = case.probing.probes, verdict.Terms(case.allowed, case.architecture.basis)
        parity = verdict.judge(reference, got, asked, checks, terms)
        if parity or not self.reader.answers_again(divergence.question(case, parity)):
            return reference, parity
        if reference.level != "reader" or not all(checks.values()):
            return reference, parity
        note = "compared in a graph: layer by layer the reader's answers differ by rounding"
        inner = case.answers("again")
        again = Reference("reader", self._seen(inner), (*reference.notes, note), inner)
        return again, verdict.judge(again, got, asked, checks, terms)

    def _seen(self, inner: Sequence[Probe]) -> tuple[Probe, ...]:
        """What callers see of what the function answers."""
        return tuple(self.case.view.expected(answer) for answer in inner)

    def _reference(self) -> Reference:
        """The best there is."""
        asked = self.case.probing
        if asked.recorded:
            inner = tuple(self.case.view.inner(answer) for answer in asked.recorded)
            whole = inner if all(inner) else ()
            return Reference("recorded", asked.recorded, asked.notes, whole)
        inner = self.case.answers("reader")
        if not self.reader.excuse and inner:
            notes = (*asked.notes, *self.witness.notes)
            return Reference(self.witness.level, self._seen(inner), notes, inner)
        excuse = self.reader.excuse or "it knows the model without states that callers send"
        why = f"no second reader: {excuse}"
        inner = self.case.answers("rebuilt")
        return Reference("rebuilt", self._seen(inner), (why, *asked.notes), inner)

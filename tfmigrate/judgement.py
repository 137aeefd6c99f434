"""The export is asked from disk, and its answers are held against the best reference there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tfmigrate.judge import divergence, power, randomness, verdict
from tfmigrate.judge.case import Case
from tfmigrate.judge.noise import Floor
from tfmigrate.judge.second_reader import SecondReader
from tfmigrate.judge.verdict import Reference
from tfmigrate.judge.witness import Witness
from tfmigrate.parity import evidence
from tfmigrate.parity.coverage import coverage
from tfmigrate.parity.runner import REPEATABLE
from tfmigrate.proof import Parity


@dataclass(frozen=True)
class Judged:
    """What was found.

    Attributes:
        parity: The verdict.
        reference: What the export was compared with.
        hashes: The SHA-256 of each exported variable.
    """

    parity: Parity
    reference: Reference
    hashes: Mapping[str, str]


def judge(
    case: Case, reader: SecondReader, witness: Witness, floor: Floor, explain: bool = True
) -> Judged:
    """Run the export, compare every answer, and find out how much that proves.

    Args:
        case: The export.
        reader: The second witness.
        witness: What that is.
        floor: What measures the noise.
        explain: Whether it is worth finding out why, where it does not answer as it should.

    Raises:
        NotProved: The export does not run, or the evidence is below what is required.
    """
    payload = {
        "path": str(case.staging),
        "signature": case.order["signature"],
        "variables": [v.name for v in case.variables],
    }
    room = case.room.reading(case.staging)
    floor.measure(case)
    found = case.calls.ask("verifier", payload | case.files("exported"), room)
    reference, parity = _Judgement(case, reader, witness).compared(found)
    reader.end()
    held = [output.name for output in parity.outputs if output]
    recorded, measured = dict(case.probing.recorder), floor.found(case, reference, found, held)
    parity = replace(parity, noise=measured, recorded=recorded)
    asked = case.probing
    covered = coverage(case.signature, asked.probes, reference.answers, asked.hints)
    parity = replace(parity, coverage=covered)
    if parity and case.options.require_evidence:
        evidence.require(parity.level, case.options.require_evidence, parity.notes)
    if explain and not parity:
        parity = replace(parity, divergence=divergence.find(case, reference, parity))
    if explain and parity and case.options.prove:
        parity = power.proved(case, reference, parity)
    return Judged(parity, reference, found["hashes"])


@dataclass(frozen=True)
class _Judgement:
    case: Case
    reader: SecondReader
    witness: Witness

    def compared(self, found: Mapping[str, Any]) -> tuple[Reference, Parity]:
        case, got, reference = self.case, self.case.answers("exported"), self._reference()
        eager = reference.answers if reference.level == "reader" else case.answers("eager")
        checks, notes = verdict.by_design(found["checks"])
        drawn, unsteady = randomness.drawing(case.architecture.config), found["unsteady"]
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
        again = Reference("reader", case.answers("again"), (*reference.notes, note))
        return again, verdict.judge(again, got, asked, checks, terms)

    def _reference(self) -> Reference:
        """The best there is."""
        asked = self.case.probing
        if asked.recorded:
            return Reference("recorded", asked.recorded, asked.notes)
        if not self.reader.excuse:
            notes = (*asked.notes, *self.witness.notes)
            return Reference(self.witness.level, self.case.answers("reader"), notes)
        why = f"no second reader: {self.reader.excuse}"
        return Reference("rebuilt", self.case.answers("rebuilt"), (why, *asked.notes))

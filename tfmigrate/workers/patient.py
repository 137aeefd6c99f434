"""A rebuilt model that does not answer as it should, run as often as a diagnosis needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tfmigrate.engines.fill import fill
from tfmigrate.engines.taps import Tapped, tapped
from tfmigrate.mapping.apply import apply_plan
from tfmigrate.parity.compare import compare
from tfmigrate.parity.probes import Probe
from tfmigrate.results import Assignment, Plan, Source
from tfmigrate.tensors import Tolerance
from tfmigrate.workers.advice import Written
from tfmigrate.workers.rebuilding import Rebuilt, answer
from tfmigrate.workers.values import open_values


@dataclass(frozen=True)
class Patient:
    """The model, what it is asked, and what it should answer.

    Attributes:
        rebuilt: The model with its weights.
        source: What it was made from.
        plan: What went where.
        probes: The inputs, by public names.
        expected: The reference's answers.
        allowed: The tolerance of each output.
        at: The number of the probe that is looked at.
        written: What the user wrote.
    """

    rebuilt: Rebuilt
    source: Source
    plan: Plan
    probes: Sequence[Probe]
    expected: Sequence[Probe]
    allowed: Mapping[str, Tolerance]
    at: int
    written: Written

    def run(self) -> Tapped:
        """Run the model on the probe, outside a graph, and listen to its layers."""
        import tensorflow as tf

        call, names = self.rebuilt.built.call, self.rebuilt.names
        given = {old: tf.constant(self.probes[self.at][new]) for old, new in names.inputs.items()}
        found = tapped(self.rebuilt.built.model, lambda: call(given), given)
        public = names.outputs
        answers = {public[n]: a for n, a in found.answers.items()}
        return replace(found, answers=answers, ends={public[n]: e for n, e in found.ends.items()})

    def answers(self, number: int) -> Probe:
        """What it answers to a probe."""
        return answer(self.rebuilt.built.call, self.rebuilt.names, self.probes[number])

    def off_by(self, found: Probe, number: int) -> float:
        """How far answers to a probe are off; 0 where all of them are within the tolerance."""
        expected = self.expected[number]
        kept = {n: a for n, a in found.items() if n in expected}
        results = compare([expected], [kept], self.allowed)
        return max((r.max_abs or float("inf") for r in results if not r), default=0.0)

    def healthy(self) -> bool:
        """Whether it answers every probe as it should."""
        numbers = range(len(self.probes))
        return all(self.off_by(self.answers(n), n) == 0 for n in numbers)

    @contextlib.contextmanager
    def other_averages(self) -> Iterator[int]:
        """Within it, the other of each pair of raw value and moving average; how many there are."""
        pairs = list(_others(self.source, self.plan))
        self._restore(other for _, other in pairs)
        try:
            yield len(pairs)
        finally:
            self._restore(taken for taken, _ in pairs)

    def _restore(self, assignments: Iterable[Assignment]) -> None:
        variables = self.rebuilt.built.variables
        with open_values(self.source) as read:
            apply_plan(Plan(tuple(assignments)), read, lambda n, a: fill(variables[n], a))


def _others(source: Source, plan: Plan) -> Iterator[tuple[Assignment, Assignment]]:
    """The assignments of which the source holds a raw and an averaged reading, and the other."""
    raw_of = {t.name: t.average_of for t in source.tensors if t.average_of}
    known = {t.name for t in source.tensors}
    average_of = {raw: name for name, raw in raw_of.items()}
    for assignment in plan.assignments:
        other = tuple(raw_of.get(n) or average_of.get(n) or n for n in assignment.sources)
        if other != assignment.sources and known.issuperset(other):
            yield assignment, replace(assignment, sources=other)

"""One named output of the export beside the reference."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.tensors import Tolerance


@dataclass(frozen=True)
class Decisions:
    """How often the decision that a caller takes from an output is that of the reference.

    Attributes:
        kind: ``arg-max`` (of the last axis), ``above 0.5`` (of a probability) or ``sign``.
        total: How many decisions there are.
        agreeing: How many are the same.
        near_ties: How many of the others the tolerance alone could turn: in the reference, the two
            candidates are no further apart than it.
    """

    kind: str
    total: int
    agreeing: int
    near_ties: int = 0


@dataclass(frozen=True)
class Decade:
    """The elements of one decade of magnitude, or of difference.

    Attributes:
        exponent: ``10**exponent <= value < 10**(exponent + 1)``; None where the value is 0. What
            is below 1e-24 or above 1e16 is counted with the first or last decade.
        elements: How many there are.
        max_abs: The largest absolute difference among them.
        limit: The least difference that the tolerance forbids one of them, 0 where it is exact.
    """

    exponent: int | None
    elements: int
    max_abs: float = 0.0
    limit: float = 0.0


@dataclass(frozen=True)
class Spread:
    """How the differences of an output are distributed, for plots.

    Attributes:
        by_magnitude: The elements by the magnitude of the reference.
        by_difference: The elements by the absolute difference.
    """

    by_magnitude: tuple[Decade, ...] = ()
    by_difference: tuple[Decade, ...] = ()


@dataclass(frozen=True)
class OutputComparison:
    """One named output of the exported model against the reference, over all probes.

    Attributes:
        name: The output's name in the signature.
        passed: Every element is within the tolerance.
        dtype: The exported output's type.
        shape: The exported output's shape in the last probe.
        elements: How many elements were compared.
        differing: How many are outside the tolerance.
        max_abs: The largest absolute difference.
        max_rel: The largest relative difference (where the reference is not 0).
        worst: Index of the worst element, probe first.
        tolerance: What was allowed; None where exact equality was asked.
        needed: The atol that would have been needed at this rtol.
        why: Why it failed, "" when it passed.
        weak: Why it proves little ("constant"), "" when it does not.
        mean_abs: The mean absolute difference.
        used: The largest share of its tolerance that an element took; above 1 it failed. 0 where
            equality was asked.
        decisions: Whether callers would decide the same; None where nothing is decided by it.
        spread: How the differences are distributed; None where equality was asked.
        expected: The worst element of an output that failed, in the reference.
        found: That element in the export.
        signature: The key of its signature where there are several; it is then called
            ``KEY:NAME``, and "" where there is one.
    """

    name: str
    passed: bool
    dtype: str = ""
    shape: tuple[int, ...] = ()
    elements: int = 0
    differing: int = 0
    max_abs: float = 0.0
    max_rel: float = 0.0
    worst: tuple[int, ...] = ()
    tolerance: Tolerance | None = None
    needed: float = 0.0
    why: str = ""
    weak: str = ""
    mean_abs: float = 0.0
    used: float = 0.0
    decisions: Decisions | None = None
    spread: Spread | None = None
    expected: str = ""
    found: str = ""
    signature: str = ""

    def __bool__(self) -> bool:
        return self.passed

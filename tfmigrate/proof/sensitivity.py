"""How fine the check is: the noise of the arithmetic, and which planted faults it notices."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Noise:
    """How far the exported model is from itself when only the arithmetic changes.

    Attributes:
        floor: By output, the largest absolute difference by what was changed (``oneDNN off``,
            ``one by one``).
        notes: What was not measured, and why.
    """

    floor: dict[str, dict[str, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mutation:
    """A fault that was planted into the rebuilt model, and whether the probes noticed it.

    Attributes:
        kind: What was done (``drop bias``).
        where: The layer or variable.
        outcome: ``caught``; ``missed`` when only other inputs show it; ``silent`` when none do.
        output: The output that showed it most, "" where none did.
        max_abs: How far that output was off.
    """

    kind: str
    where: str
    outcome: str
    output: str = ""
    max_abs: float = 0.0


@dataclass(frozen=True)
class Power:
    """Which planted faults the probes and tolerances notice.

    Attributes:
        mutations: Every one that was tried.
        left_out: How many more could have been tried.
        seed: What chose them.
        unmoved: Outputs that showed none of them, though some change of the weights moves them.
    """

    mutations: tuple[Mutation, ...]
    left_out: int = 0
    seed: int = 0
    unmoved: tuple[str, ...] = ()

    def count(self, outcome: str) -> int:
        """How many mutations ended that way."""
        return sum(m.outcome == outcome for m in self.mutations)

    def __bool__(self) -> bool:
        return bool(self.count("caught")) and not self.count("missed") and not self.unmoved

"""How much was proved: frozen values that text, JSON, HTML and the certificate read."""

from __future__ import annotations

from dataclasses import dataclass, field

from tfmigrate.proof.coverage import Coverage, InputCoverage, OutputCoverage
from tfmigrate.proof.divergence import Diagnosis, Divergence, LayerDifference
from tfmigrate.proof.outputs import Decade, Decisions, OutputComparison, Spread
from tfmigrate.proof.portability import Portability
from tfmigrate.proof.sensitivity import Mutation, Noise, Power

__all__ = [
    "LEVELS",
    "Coverage",
    "Decade",
    "Decisions",
    "Diagnosis",
    "Divergence",
    "InputCoverage",
    "LayerDifference",
    "Mutation",
    "Noise",
    "OutputComparison",
    "OutputCoverage",
    "Parity",
    "Portability",
    "Power",
    "Spread",
]

LEVELS = ("unverified", "rebuilt", "reader", "graph", "recorded")


@dataclass(frozen=True)
class Parity:
    """The verdict on the exported model.

    Attributes:
        level: One of :data:`LEVELS`; what produced the reference outputs.
        said: The sentence that says how much that proves.
        outputs: One comparison per named output.
        probes: The shapes of the probes, ``{input: shape}`` each.
        checks: Further checks that held or did not (``repeatable``, ``batch-independent``).
        notes: Why a better level was not available, what is weak.
        recorded: What recorded the golden file, as it says: versions, the source's hash.
        coverage: How much of the model the probes made speak; None where nothing was compared.
        noise: How far the export is from itself when only the arithmetic changes.
        power: Which planted faults the check notices; None where it was not asked for.
        divergence: Where it goes wrong; None where it does not, or nobody could look.
    """

    level: str
    said: str
    outputs: tuple[OutputComparison, ...] = ()
    probes: tuple[dict[str, tuple[int, ...]], ...] = ()
    checks: dict[str, bool] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    recorded: dict[str, str] = field(default_factory=dict)
    coverage: Coverage | None = None
    noise: Noise | None = None
    power: Power | None = None
    divergence: Divergence | None = None

    def __bool__(self) -> bool:
        return bool(self.outputs) and all(self.outputs) and all(self.checks.values())

"""Where a migration that failed goes wrong, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerDifference:
    """One layer of the rebuilt model beside what the reference computed there.

    Attributes:
        layer: Its name.
        class_name: What it is.
        inputs: The layers that feed it.
        paired: What the reference calls it, "" where nothing there corresponds.
        agrees: Its output is the reference's, within tolerance; None where it is not paired.
        max_abs: How far its output is off.
        relative: That, over the largest magnitude of the reference.
        own: How far its output is off when it gets the reference's own inputs; None where that
            could not be tried.
    """

    layer: str
    class_name: str
    inputs: tuple[str, ...] = ()
    paired: str = ""
    agrees: bool | None = None
    max_abs: float = 0.0
    relative: float = 0.0
    own: float | None = None


@dataclass(frozen=True)
class Diagnosis:
    """A known fault that explains a difference: with it undone, the numbers agree.

    Attributes:
        layer: The layer, or the pattern of layers, that it was tried on.
        hazard: Its short name (``kernel flip``).
        what: The sentence.
        apply: The recipe line or the option that undoes it.
        before: How far the layer (or the outputs) were off.
        after: How far they are with the fault undone.
        certain: Every known fault was tried, and only this one makes the numbers agree.
    """

    layer: str
    hazard: str
    what: str
    apply: str
    before: float = 0.0
    after: float = 0.0
    certain: bool = True


@dataclass(frozen=True)
class Divergence:
    """Where a migration that failed parity goes wrong, and why.

    Attributes:
        how: How it was found: whose activations were compared, or that only outputs could be.
        layers: The layers in the order of the computation.
        first: Those whose own output differs though their inputs agree.
        diagnoses: What explains it; the most likely first.
        tried: How many known faults were tried.
        notes: What could not be looked at.
    """

    how: str
    layers: tuple[LayerDifference, ...] = ()
    first: tuple[str, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    tried: int = 0
    notes: tuple[str, ...] = ()

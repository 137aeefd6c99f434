"""The exported model against the reference: one verdict per named output, with no holes.

The rule: ``|got - reference| <= atol + rtol * |reference|`` on every element, in float64.
Integers, booleans and strings must be equal. A missing, renamed or additional output, another
type, another shape, a NaN or infinity that the reference has not, or no element at all: failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfmigrate.errors import nearest, shown
from tfmigrate.parity.npz import dtype_name, strings
from tfmigrate.parity.weakness import Weakness
from tfmigrate.proof import OutputComparison
from tfmigrate.tensors import Tolerance

Array = np.ndarray[Any, Any]
Run = Mapping[str, Array]

# Elements at a time: a float64 copy of each side, of the difference and of the limit.
CHUNK = 1 << 20

_SINGLE, _HALF = Tolerance(1e-5, 1e-6), Tolerance(1e-2, 1e-3)
# float64 has float32's numbers: an output of type float64 is often a cast of float32 layers, and
# the type alone does not tell. Weights are proved bit for bit by the ledger, not by this.
TOLERANCES = {
    "float32": _SINGLE, "float64": _SINGLE, "complex64": _SINGLE, "complex128": _SINGLE,
    "float16": _HALF, "bfloat16": _HALF,
}  # fmt: skip


def default_tolerance(dtype: str) -> Tolerance | None:
    """The tolerance for outputs of a type; None where they must be equal."""
    return TOLERANCES.get(dtype)


def compare(
    reference: Sequence[Run], got: Sequence[Run], tolerances: Mapping[str, Tolerance] | None = None
) -> tuple[OutputComparison, ...]:
    """One verdict per output, over all probes; outputs of the reference first.

    Args:
        reference: The reference's outputs by name, one mapping per probe.
        got: The exported model's, in the same order.
        tolerances: By output name; the default of the output's type where it has none.

    Raises:
        ValueError: There is nothing to compare: no probe, no output, or not one run per probe.
    """
    if not reference or len(reference) != len(got):
        raise ValueError(f"{len(got)} runs cannot be compared with {len(reference)}")
    names = list(dict.fromkeys(n for run in reference for n in run))
    if not names:
        raise ValueError("the reference has no outputs")
    extra = [n for n in dict.fromkeys(n for run in got for n in run) if n not in names]
    wanted = tolerances or {}
    return tuple(
        _named(name, [r.get(name) for r in reference], [g.get(name) for g in got], wanted, extra)
        for name in [*names, *extra]
    )


def _named(
    name: str,
    reference: Sequence[Array | None],
    got: Sequence[Array | None],
    tolerances: Mapping[str, Tolerance],
    extra: Sequence[str],
) -> OutputComparison:
    dtype = next((dtype_name(a) for a in [*reference, *got] if a is not None), "")
    default = default_tolerance(dtype)
    tally = _Tally(default and tolerances.get(name, default))
    for number, (expected, found) in enumerate(zip(reference, got, strict=True)):
        if expected is not None and found is not None:
            tally.add(number, expected, found)
        elif found is None:
            tally.fail(_missing(name, extra) if expected is not None else "missing on both sides")
        else:
            tally.fail("the reference has no output of that name")
    return tally.verdict(name)


def _missing(name: str, extra: Sequence[str]) -> str:
    guess = nearest(name, extra) or tuple(extra[:1])
    return "missing" + (f"; {shown(guess[0])} is there instead" if guess else "")


@dataclass
class _Tally:
    """What is known of one output so far."""

    tolerance: Tolerance | None
    elements: int = 0
    differing: int = 0
    special: int = 0
    max_abs: float = 0.0
    max_rel: float = 0.0
    needed: float = 0.0
    excess: float = -np.inf
    worst: tuple[int, ...] = ()
    dtype: str = ""
    shape: tuple[int, ...] = ()
    reasons: dict[str, None] = field(default_factory=dict)
    weakness: Weakness = field(default_factory=Weakness)

    def fail(self, why: str) -> None:
        self.reasons[why] = None

    def add(self, probe: int, reference: Array, got: Array) -> None:
        """Count the elements of one probe."""
        reference, got = strings(np.asarray(reference)), strings(np.asarray(got))
        self.dtype, self.shape = dtype_name(got), got.shape
        if dtype_name(reference) != self.dtype:
            return self.fail(f"type {self.dtype}, the reference has {dtype_name(reference)}")
        if reference.shape != got.shape:
            return self.fail(f"shape {got.shape}, the reference has {reference.shape}")
        self.weakness.add(reference)
        self.elements += reference.size
        flat, other = reference.reshape(-1), got.reshape(-1)
        for at in range(0, reference.size, CHUNK):
            self._chunk(probe, at, flat[at : at + CHUNK], other[at : at + CHUNK])
        return None

    def _chunk(self, probe: int, at: int, reference: Array, got: Array) -> None:
        if self.tolerance is None:
            wrong = np.asarray(reference != got, bool)
            excess = _distance(reference, got) if reference.dtype.kind in "iu" else wrong * 1.0
            special = np.zeros(wrong.shape, bool)
            self.max_abs = max(self.max_abs, float(excess.max()))
        else:
            wrong, excess, special = self._within(reference, got)
        self.differing += int(np.count_nonzero(wrong))
        self.special += int(np.count_nonzero(special))
        top = int(np.argmax(excess))
        if excess[top] > self.excess:
            self.excess = float(excess[top])
            self.worst = (probe, *(int(i) for i in np.unravel_index(at + top, self.shape)))

    def _within(self, reference: Array, got: Array) -> tuple[Array, Array, Array]:
        """What is outside the tolerance, by how much, and where only NaN and infinities say so."""
        assert self.tolerance is not None
        wide = np.complex128 if reference.dtype.kind == "c" else np.float64
        ref, new = reference.astype(wide), got.astype(wide)
        with np.errstate(all="ignore"):
            equal = (ref == new) | (np.isnan(ref) & np.isnan(new))
            # An infinite reference would allow everything: atol + rtol * inf.
            special = ~equal & ~(np.isfinite(ref) & np.isfinite(new))
            plain = ~equal & ~special
            biggest = np.finfo(np.float64).max
            difference = np.where(plain, np.minimum(np.abs(new - ref), biggest), 0.0)
            size = np.where(np.isfinite(ref), np.abs(ref), 0.0)
            over = difference - self.tolerance.rtol * size
            wrong = special | (difference > self.tolerance.atol + self.tolerance.rtol * size)
            relative = np.where(size > 0, difference / np.where(size > 0, size, 1.0), 0.0)
        self.max_abs = max(self.max_abs, float(difference.max()))
        self.max_rel = max(self.max_rel, float(np.minimum(relative, biggest).max()))
        self.needed = max(self.needed, float(over.max()))
        return wrong, np.where(special, np.inf, over), special

    def verdict(self, name: str) -> OutputComparison:
        if self.special:
            self.fail(f"values differ, {self.special} of them by NaN or infinity")
        elif self.differing:
            self.fail("values differ" + (" by more than the tolerance" if self.tolerance else ""))
        if not self.elements and not self.reasons:
            self.fail("no element was compared")
        return OutputComparison(
            name=name,
            passed=not self.reasons,
            dtype=self.dtype,
            shape=self.shape,
            elements=self.elements,
            differing=self.differing,
            max_abs=self.max_abs,
            max_rel=self.max_rel,
            worst=self.worst if self.max_abs or self.special else (),
            tolerance=self.tolerance,
            needed=self.needed,
            why="; ".join(self.reasons),
            weak=self.weakness.said(),
        )


def _distance(reference: Array, got: Array) -> Array:
    """How far apart integers are, for people; whether they are equal is not decided by it."""
    return np.abs(got.astype(np.float64) - reference.astype(np.float64))

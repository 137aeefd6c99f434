"""What is known of one output while its probes are compared, chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfmigrate.errors import shown
from tfmigrate.parity.decisions import Deciding
from tfmigrate.parity.npz import dtype_name, strings
from tfmigrate.parity.spread import Spreading
from tfmigrate.parity.weakness import Weakness
from tfmigrate.proof import OutputComparison
from tfmigrate.tensors import Tolerance

Array = np.ndarray[Any, Any]

# Elements at a time: float64 copies of both sides, the difference and the limit stay in the cache.
CHUNK = 1 << 16

_BIGGEST = float(np.finfo(np.float64).max)


@dataclass
class Tally:
    """What is known of one output so far."""

    tolerance: Tolerance | None
    elements: int = 0
    differing: int = 0
    special: int = 0
    max_abs: float = 0.0
    max_rel: float = 0.0
    needed: float = 0.0
    used: float = 0.0
    summed: float = 0.0
    excess: float = -np.inf
    worst: tuple[int, ...] = ()
    pair: tuple[Any, Any] | None = None
    dtype: str = ""
    shape: tuple[int, ...] = ()
    reasons: dict[str, None] = field(default_factory=dict)
    weakness: Weakness = field(default_factory=Weakness)
    spreading: Spreading = field(default_factory=Spreading)
    deciding: Deciding | None = None

    def fail(self, why: str) -> None:
        """Note why it does not hold."""
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
        if self.tolerance is not None and reference.dtype.kind != "c":
            self.deciding = self.deciding or Deciding(self.tolerance)
            self.deciding.add(reference, got)
        return None

    def _chunk(self, probe: int, at: int, reference: Array, got: Array) -> None:
        if self.tolerance is None:
            wrong, excess = _exact(reference, got)
            self.max_abs = max(self.max_abs, float(excess.max()))
            self.summed += float(excess.sum())
        else:
            wrong, excess = self._within(reference, got, self.tolerance)
        self.differing += int(np.count_nonzero(wrong))
        top = int(np.argmax(excess))
        if excess[top] > self.excess:
            self.excess = float(excess[top])
            self.worst = (probe, *(int(i) for i in np.unravel_index(at + top, self.shape)))
            self.pair = (reference[top], got[top]) if wrong[top] else None

    def _within(self, reference: Array, got: Array, allowed: Tolerance) -> tuple[Array, Array]:
        """What is outside the tolerance, and by how much; NaN and infinities infinitely."""
        wide = np.complex128 if reference.dtype.kind == "c" else np.float64
        ref, new = reference.astype(wide), got.astype(wide)
        special = None
        with np.errstate(all="ignore"):
            difference, size = np.abs(new - ref), np.abs(ref)
            if not np.isfinite(difference.max()):
                special, difference, size = _apart(ref, new, difference)
            over = difference - allowed.rtol * size
            limit = allowed.atol + allowed.rtol * size
            wrong = difference > limit
            relative = difference / np.where(size > 0, size, np.inf)
            shares = difference / np.where(limit > 0, limit, np.where(wrong, 0.0, 1.0))
        self.max_abs = max(self.max_abs, float(difference.max()))
        self.max_rel = max(self.max_rel, min(float(relative.max()), _BIGGEST))
        self.needed = max(self.needed, float(over.max()))
        self.used = max(self.used, min(float(shares.max()), _BIGGEST))
        self.summed += float(difference.sum())
        self.spreading.add(size, difference)
        if special is not None and special.any():
            self.special += int(np.count_nonzero(special))
            self.used = _BIGGEST
            return special | wrong, np.where(special, np.inf, over)
        return wrong, over

    def verdict(self, name: str) -> OutputComparison:
        """What came of it."""
        if self.special:
            self.fail(f"values differ, {self.special} of them by NaN or infinity")
        elif self.differing:
            self.fail("values differ" + (" by more than the tolerance" if self.tolerance else ""))
        if not self.elements and not self.reasons:
            self.fail("no element was compared")
        spread = self.elements and self.tolerance and self.spreading.found(self.tolerance)
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
            mean_abs=min(self.summed, _BIGGEST) / max(self.elements, 1),
            used=self.used,
            decisions=self.deciding.found() if self.deciding else None,
            spread=spread or None,
            expected=_said(self.pair[0]) if self.pair else "",
            found=_said(self.pair[1]) if self.pair else "",
        )


def _said(value: Any) -> str:
    """A value in words: numbers with as many digits as tell float32 apart."""
    if isinstance(value, bytes):
        return shown(value.decode(errors="replace"), 60)
    return str(value) if isinstance(value, np.integer | np.bool_) else f"{value:.9g}"


def _apart(ref: Array, new: Array, difference: Array) -> tuple[Array, Array, Array]:
    """Where only NaN and infinities differ; the other differences and sizes, all finite."""
    equal = (ref == new) | (np.isnan(ref) & np.isnan(new))
    # An infinite reference would allow everything: atol + rtol * inf.
    special = ~equal & ~(np.isfinite(ref) & np.isfinite(new))
    known = np.where(equal | special, 0.0, np.minimum(difference, _BIGGEST))
    return special, known, np.where(np.isfinite(ref), np.minimum(np.abs(ref), _BIGGEST), 0.0)


def _exact(reference: Array, got: Array) -> tuple[Array, Array]:
    """What is not equal, and for people how far apart integers are; that decides nothing."""
    wrong = np.asarray(reference != got, bool)
    if reference.dtype.kind in "iu":
        return wrong, np.abs(got.astype(np.float64) - reference.astype(np.float64))
    return wrong, wrong * 1.0

"""Whether callers who decide something by an output would decide the same.

What is a decision: the arg-max of the last axis where the output has two axes, or more of them
and every row is a distribution (softmax); "above 0.5" for single values that are all
probabilities; the sign of other single values of a sample. Images, sequences of features, integers
and text decide nothing. NaN agrees with nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfmigrate.proof import Decisions
from tfmigrate.tensors import Tolerance

Array = np.ndarray[Any, Any]

_CHUNK = 1 << 16
# How far the sum of a softmax may be from 1: float16 has three digits.
_ROUNDED = 1e-2


@dataclass
class _Count:
    total: int = 0
    agreeing: int = 0
    near_ties: int = 0

    def add(self, agrees: Array, near: Array) -> None:
        """Count decisions; ``near`` tells of the others."""
        self.total += agrees.size
        self.agreeing += int(np.count_nonzero(agrees))
        self.near_ties += int(np.count_nonzero(near & ~agrees))

    def said(self, kind: str) -> Decisions | None:
        return Decisions(kind, self.total, self.agreeing, self.near_ties) if self.total else None


@dataclass
class Deciding:
    """Counts the decisions of one output while its probes go by."""

    tolerance: Tolerance
    rows: _Count = field(default_factory=_Count)
    above: _Count = field(default_factory=_Count)
    signs: _Count = field(default_factory=_Count)
    probable: bool = True
    single: bool = True
    distributed: bool = True
    ranks: set[int] = field(default_factory=set)

    def add(self, reference: Array, got: Array) -> None:
        """Look at one probe: two arrays of floats, of one shape."""
        rank = reference.ndim
        width = reference.shape[-1] if rank > 1 else 1
        self.ranks.add(rank)
        self.single &= width == 1
        if not reference.size:
            return
        step = max(1, _CHUNK // width)
        left, right = reference.reshape(-1, width), got.reshape(-1, width)
        for at in range(0, len(left), step):
            part, other = left[at : at + step], right[at : at + step]
            if width == 1:
                self._values(part[:, 0].astype(np.float64), other[:, 0].astype(np.float64))
            elif rank == 2 or self._still_distributed(part):
                self._rows(part, other)
            else:
                return

    def found(self) -> Decisions | None:
        """The decisions that are taken by the output; None where none is."""
        if not self.single:
            is_choice = self.ranks == {2} or self.distributed
            return self.rows.said("arg-max") if is_choice else None
        if self.probable:
            return self.above.said("above 0.5")
        return self.signs.said("sign") if max(self.ranks) <= 2 else None

    def _values(self, ref: Array, new: Array) -> None:
        known = ~(np.isnan(ref) | np.isnan(new))
        with np.errstate(invalid="ignore"):
            limit = self.tolerance.atol + self.tolerance.rtol * np.abs(ref)
            self.probable &= bool(ref.min() >= 0 and ref.max() <= 1)
            if self.probable:
                agrees = known & ((ref > 0.5) == (new > 0.5))
                self.above.add(agrees, known & (np.abs(ref - 0.5) <= limit))
            agrees = known & (np.sign(ref) == np.sign(new))
            self.signs.add(agrees, known & (np.abs(ref) <= limit))

    def _still_distributed(self, rows: Array) -> bool:
        self.distributed = self.distributed and _is_distributed(rows)
        return self.distributed

    def _rows(self, reference: Array, got: Array) -> None:
        one, other = _top(reference), _top(got)
        first, second, chosen = (
            np.take_along_axis(rows, at[:, None], -1)[:, 0].astype(np.float64)
            for rows, at in ((reference, one), (reference, other), (got, other))
        )
        # The arg-max of a row with a NaN is that NaN.
        known = ~(np.isnan(first) | np.isnan(chosen))
        with np.errstate(invalid="ignore"):
            near = first - second <= self.tolerance.atol + self.tolerance.rtol * np.abs(first)
        self.rows.add(known & (one == other), known & near)


def _top(rows: Array) -> Array:
    found: Array = np.argmax(rows if rows.dtype.kind == "f" else rows.astype(np.float32), axis=-1)
    return found


def _is_distributed(rows: Array) -> bool:
    plain = rows.astype(np.float32)
    sums = plain @ np.ones(plain.shape[-1], np.float32)
    return bool(plain.min() >= 0 and np.all(np.abs(sums - 1) <= _ROUNDED))

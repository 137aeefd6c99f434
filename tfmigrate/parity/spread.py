"""How the differences of an output are distributed: one band per power of ten."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from tfmigrate.proof import Decade, Spread
from tfmigrate.tensors import Tolerance

Array = np.ndarray[Any, Any]

# Bands at each end of a plot; what is smaller or larger falls into the first or the last of them.
LOWEST, HIGHEST = -24, 15
# Index of the band of zeros, behind the others.
_ZERO = HIGHEST - LOWEST + 1


class Spreading:
    """Counts elements by decade while they go by."""

    def __init__(self) -> None:
        self._magnitudes = np.zeros(_ZERO + 1, np.int64)
        self._differences = np.zeros(_ZERO + 1, np.int64)
        self._largest = np.zeros(_ZERO + 1)
        self._most = np.zeros(_ZERO + 1)

    def add(self, size: Array, difference: Array) -> None:
        """Count elements.

        Args:
            size: The finite absolute values of the reference, float64.
            difference: The finite absolute differences, float64.
        """
        bands = _bands(size)
        self._magnitudes += np.bincount(bands, minlength=_ZERO + 1)
        np.maximum.at(self._largest, bands, difference)
        bands = _bands(difference)
        self._differences += np.bincount(bands, minlength=_ZERO + 1)
        np.maximum.at(self._most, bands, difference)

    def found(self, tolerance: Tolerance) -> Spread:
        """The bands that hold something, in the order of their decades; zeros first."""
        magnitudes = (
            Decade(_exponent(i), n, float(self._largest[i]), _limit(_exponent(i), tolerance))
            for i, n in _filled(self._magnitudes)
        )
        differences = (
            Decade(_exponent(i), n, float(self._most[i])) for i, n in _filled(self._differences)
        )
        return Spread(tuple(magnitudes), tuple(differences))


def _filled(counts: Array) -> list[tuple[int, int]]:
    return [(i, int(counts[i])) for i in (_ZERO, *range(_ZERO)) if counts[i]]


def _exponent(band: int) -> int | None:
    return None if band == _ZERO else LOWEST + band


def _limit(exponent: int | None, tolerance: Tolerance) -> float:
    """What the smallest element of a band may be off; the first band reaches down to 0."""
    smallest = 0.0 if exponent in (None, LOWEST) else 10.0**exponent
    return tolerance.atol + tolerance.rtol * smallest


def _bands(values: Array) -> Array:
    """The band of each value, exactly: at most one power of ten lies between two powers of 2."""
    below, power = _tables()
    octave = values.view(np.int64) >> 52
    found = below.take(octave)
    found += values >= power.take(octave)
    found[values == 0] = _ZERO
    return found


@functools.cache
def _tables() -> tuple[Array, Array]:
    """By binary exponent as float64 stores it: the band that it begins in, and where that ends."""
    starts = [0.0, *(math.ldexp(1.0, e) for e in range(-1022, 1024)), math.inf]
    ends = [float(f"1e{e}") for e in range(LOWEST + 1, HIGHEST + 1)] + [math.inf]
    below = [next(i for i, end in enumerate(ends) if start < end or end == math.inf)
             for start in starts]  # fmt: skip
    return np.array(below, np.int64), np.array([ends[i] for i in below])

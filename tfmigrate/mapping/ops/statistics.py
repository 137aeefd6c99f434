"""Ops that restate the statistics of old normalisations; nothing undoes them exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tfmigrate.mapping.ops.base import Array, EachOp


@dataclass(frozen=True)
class Root(EachOp):
    """The square root of every element."""

    def one(self, array: Array) -> Array:
        """The roots."""
        return np.asarray(np.sqrt(array))


@dataclass(frozen=True)
class Variance(EachOp):
    """The variance that, with ``target`` added, is the square of what is stored plus ``epsilon``.

    Keras up to 1.0.5 stored a standard deviation s and divided by s + epsilon.
    """

    epsilon: float
    target: float

    def one(self, array: Array) -> Array:
        """(s + epsilon)^2 - target, computed in 64 bits."""
        wide = array.astype(np.float64)
        return ((wide + self.epsilon) ** 2 - self.target).astype(array.dtype)

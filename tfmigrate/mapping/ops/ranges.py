"""Ops that make tensors longer or shorter along an axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tfmigrate.mapping.ops.base import Array, EachOp, OpError, Shape, axis_of, resized


@dataclass(frozen=True)
class Pad(EachOp):
    """Adds elements of one value before and after every tensor along an axis; undone by slice."""

    axis: int
    before: int = 0
    after: int = 0
    value: float = 0.0

    def shape_of(self, shape: Shape) -> Shape:
        """The longer shape."""
        axis = axis_of(self.axis, shape, self)
        if min(self.before, self.after) < 0 or not self.before + self.after:
            raise OpError(f"pad adds {self.before} before and {self.after} after; at least one of"
                          " `before` and `after` must be above 0")  # fmt: skip
        return resized(shape, axis, shape[axis] + self.before + self.after)

    def one(self, array: Array) -> Array:
        """The longer array.

        Raises:
            OpError: The value is none of the array's dtype.
        """
        widths = [(0, 0)] * array.ndim
        widths[self.axis] = (self.before, self.after)
        return np.pad(array, widths, constant_values=constant(self.value, array, "pad"))


@dataclass(frozen=True)
class Slice(EachOp):
    """Keeps a range of every tensor along an axis: from ``start`` on, up to and without ``stop``.

    Negative numbers count from the end; without ``stop`` it goes to the end.
    """

    axis: int
    start: int = 0
    stop: int | None = None

    def shape_of(self, shape: Shape) -> Shape:
        """The shorter shape; unlike in Python, a range that reaches outside is refused."""
        axis = axis_of(self.axis, shape, self)
        first, last = self._range(shape[axis])
        if not 0 <= first < last <= shape[axis]:
            stop = "the end" if self.stop is None else self.stop
            raise OpError(
                f"slice from {self.start} to {stop} does not fit axis {self.axis}"
                f" of the shape {shape}"
            )
        return resized(shape, axis, last - first)

    def _range(self, size: int) -> tuple[int, int]:
        stop = size if self.stop is None else self.stop
        return (self.start + size if self.start < 0 else self.start,
                stop + size if stop < 0 else stop)  # fmt: skip

    def one(self, array: Array) -> Array:
        """The shorter array."""
        axis = self.axis % array.ndim
        return array[(slice(None),) * axis + (slice(*self._range(array.shape[axis])),)]


def constant(value: float, like: Array, op: str) -> Array:
    """A number in the dtype of an array.

    Raises:
        OpError: The dtype has no such number.
    """
    found = np.asarray(value).astype(like.dtype)
    # ml_dtypes call bfloat16 and its kin a void; those round as floats do.
    if like.dtype.kind in "biu" and found != value:
        raise OpError(f"{op}: {value} is no {like.dtype.name}")
    return found

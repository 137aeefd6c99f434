"""Ops that give every tensor another layout; the elements stay what they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tfmigrate.mapping.ops.base import Array, EachOp, OpError, Shape, axis_of


@dataclass(frozen=True)
class Transpose(EachOp):
    """Reorders the axes of every tensor, like ``numpy.transpose``."""

    perm: tuple[int, ...]

    def shape_of(self, shape: Shape) -> Shape:
        """The shape reordered."""
        if sorted(self.perm) != list(range(len(shape))):
            raise OpError(f"transpose {list(self.perm)} does not fit the shape {shape}")
        return tuple(shape[axis] for axis in self.perm)

    def one(self, array: Array) -> Array:
        """The array reordered."""
        return array.transpose(self.perm)


class _Reshaping(EachOp):
    def one(self, array: Array) -> Array:
        """The same elements, in C order, in the new shape."""
        return array.reshape(self.shape_of(array.shape))


@dataclass(frozen=True)
class Reshape(_Reshaping):
    """Gives every tensor another shape, in C order; -1 for one size that follows from the rest."""

    shape: tuple[int, ...]

    def shape_of(self, shape: Shape) -> Shape:
        """The new shape."""
        size, known = math.prod(shape), math.prod(n for n in self.shape if n != -1)
        fits = size % known == 0 if self.shape.count(-1) == 1 and known else size == known
        if not fits or self.shape.count(-1) > 1 or min(self.shape, default=0) < -1:
            raise OpError(f"reshape {list(self.shape)} does not fit the shape {shape}")
        return tuple(size // known if n == -1 else n for n in self.shape)


@dataclass(frozen=True)
class Squeeze(_Reshaping):
    """Takes axes of size 1 out of every tensor; undoes ``expand_dims``."""

    axis: tuple[int, ...]

    def shape_of(self, shape: Shape) -> Shape:
        """The shape without these axes."""
        out = {axis_of(axis, shape, self) for axis in self.axis}
        if len(out) != len(self.axis) or any(shape[axis] != 1 for axis in out):
            raise OpError(f"squeeze {list(self.axis)} does not fit the shape {shape}")
        return tuple(n for i, n in enumerate(shape) if i not in out)


@dataclass(frozen=True)
class ExpandDims(_Reshaping):
    """Puts axes of size 1 into every tensor, at these places of the new shape, like NumPy's."""

    axis: tuple[int, ...]

    def shape_of(self, shape: Shape) -> Shape:
        """The shape with these axes."""
        room = len(self.axis)
        new = {axis_of(axis, shape, self, room) for axis in self.axis}
        if len(new) != room:
            raise OpError(f"expand_dims {list(self.axis)} names an axis twice")
        rest = iter(shape)
        return tuple(1 if i in new else next(rest) for i in range(len(shape) + room))


@dataclass(frozen=True)
class Reverse(EachOp):
    """Turns every tensor around along some axes: a convolution of Theano's rotates its kernel."""

    axis: tuple[int, ...]

    def shape_of(self, shape: Shape) -> Shape:
        """The same shape."""
        for axis in self.axis:
            axis_of(axis, shape, self)
        return shape

    def one(self, array: Array) -> Array:
        """The array turned around."""
        return np.flip(array, self.axis)

"""Ops that make one tensor of several, or several of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfmigrate.mapping.ops.base import Array, Op, OpError, Shape, Shapes, axis_of, only, resized


@dataclass(frozen=True)
class Split(Op):
    """Cuts one tensor along an axis, into pieces of given sizes or into so many equal parts."""

    axis: int
    sizes: tuple[int, ...] = ()
    parts: int = 0

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """One shape for each piece."""
        shape = only(given, self)
        axis = axis_of(self.axis, shape, self)
        return tuple(resized(shape, axis, size) for size in self._sizes(shape, axis))

    def _sizes(self, shape: Shape, axis: int) -> tuple[int, ...]:
        if self.parts and shape[axis] % self.parts == 0 and shape[axis]:
            return (shape[axis] // self.parts,) * self.parts
        if self.sizes and min(self.sizes) > 0 and sum(self.sizes) == shape[axis]:
            return self.sizes
        pieces = f"{self.parts} equal parts" if self.parts else str(list(self.sizes))
        raise OpError(f"split into {pieces} does not fit axis {self.axis} of the shape {shape}")

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The pieces, in order."""
        (array,) = arrays
        axis = self.axis % array.ndim
        ends = np.cumsum(self._sizes(array.shape, axis))[:-1]
        return tuple(np.split(array, ends, axis))


@dataclass(frozen=True)
class Concat(Op):
    """Joins all tensors along an axis, in the order of the rule's sources; undoes ``split``."""

    axis: int

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """The one shape of the whole."""
        axis = axis_of(self.axis, given[0], self)
        rest = {(len(s), s[:axis], s[axis + 1 :]) for s in given}
        if len(rest) != 1:
            shapes = " and ".join(map(str, dict.fromkeys(given)))
            raise OpError(f"concat on axis {self.axis} does not fit the shapes {shapes}")
        return (resized(given[0], axis, sum(s[axis] for s in given)),)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The whole."""
        return (np.concatenate(arrays, self.axis),)


@dataclass(frozen=True)
class Stack(Op):
    """Puts all tensors, of one shape, beside each other along a new axis, in their order."""

    axis: int

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """Their shape, with the new axis."""
        if len(set(given)) != 1:
            shapes = " and ".join(map(str, dict.fromkeys(given)))
            raise OpError(f"stack does not fit the shapes {shapes}")
        axis = axis_of(self.axis, given[0], self, room=1)
        return ((*given[0][:axis], len(given), *given[0][axis:]),)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The whole."""
        return (np.stack(arrays, self.axis),)


@dataclass(frozen=True)
class Unstack(Op):
    """Takes one tensor apart along an axis, which goes; undoes ``stack``."""

    axis: int

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """One shape for each index of the axis."""
        shape = only(given, self)
        axis = axis_of(self.axis, shape, self)
        return ((*shape[:axis], *shape[axis + 1 :]),) * shape[axis]

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """What stands at each index, in order."""
        (array,) = arrays
        return tuple(np.moveaxis(array, self.axis, 0))


@dataclass(frozen=True)
class Add(Op):
    """Adds all tensors, element by element."""

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """Their one shape."""
        if len(set(given)) != 1:
            raise OpError(f"add does not fit the shapes {' and '.join(map(str, given))}")
        return (given[0],)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The sum."""
        return (sum(arrays[1:], start=arrays[0]),)


@dataclass(frozen=True)
class AddProduct(Op):
    """Adds the matrix product of the second and third tensor, times a factor, to the first."""

    scale: float

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """The shape of the first tensor."""
        if len(given) != 3:
            raise OpError(f"add_product takes three tensors, not {len(given)}")
        whole, left, right = given
        inner = len(right) == 2 and len(left) >= 2 and left[-1] == right[0]
        if not inner or (*left[:-1], right[1]) != whole:
            raise OpError(f"add_product of {left} and {right} does not fit the shape {whole}")
        return (whole,)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The sum, in the type of the first tensor."""
        whole, left, right = arrays
        product = np.matmul(left, right) * np.asarray(self.scale, whole.dtype)
        return ((whole + product).astype(whole.dtype),)

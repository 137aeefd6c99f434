"""What an op is, and the checks that ops share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]
Shapes = Sequence[Shape]


class OpError(ValueError):
    """An op that cannot be applied to these tensors."""


class Op:
    """Takes tensors and gives tensors, exactly; no op but ``cast`` changes a dtype."""

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """The shapes that come out.

        Raises:
            OpError: It cannot be applied to these.
        """
        raise NotImplementedError

    def dtypes(self, given: Sequence[str], count: int) -> tuple[str, ...]:
        """The dtypes of the ``count`` tensors that come out.

        Raises:
            OpError: It would have to mix dtypes.
        """
        if len(set(given)) == 1:
            return (given[0],) * count
        if len(given) == count:
            return tuple(given)
        raise OpError(f"{name_of(self)} cannot mix {' and '.join(sorted(set(given)))}; cast first")

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The tensors that come out; views of the given ones where that is possible."""
        raise NotImplementedError


class EachOp(Op):
    """An op that treats every tensor by itself."""

    def shapes(self, given: Shapes) -> tuple[Shape, ...]:
        """Each shape's own."""
        return tuple(self.shape_of(shape) for shape in given)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """Each array's own."""
        return tuple(self.one(a) for a in arrays)

    def shape_of(self, shape: Shape) -> Shape:
        """The shape that one becomes; the same, where an op only changes values.

        Raises:
            OpError: It cannot be applied to it.
        """
        return shape

    def one(self, array: Array) -> Array:
        """What one array becomes."""
        raise NotImplementedError


def name_of(op: Op) -> str:
    """An op as recipes call it: ``ReorderGates`` is ``reorder_gates``."""
    text = type(op).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in text).removeprefix("_")


def only(given: Shapes, op: Op) -> Shape:
    """The one shape that an op is given.

    Raises:
        OpError: It is given several tensors, or none.
    """
    if len(given) != 1:
        raise OpError(f"{name_of(op)} takes one tensor, not {len(given)}")
    return given[0]


def axis_of(axis: int, shape: Shape, op: Op, room: int = 0) -> int:
    """An axis, counted from the front.

    Args:
        axis: As written; negative ones count from the end.
        shape: The shape that it is an axis of.
        op: For the message.
        room: How many axes more than it has are allowed.

    Raises:
        OpError: There is no such axis.
    """
    rank = len(shape) + room
    if not -rank <= axis < rank:
        raise OpError(f"{name_of(op)} on axis {axis} does not fit the shape {shape}")
    return axis % rank


def resized(shape: Shape, axis: int, size: int) -> Shape:
    """A shape with another size along one axis."""
    return (*shape[:axis], size, *shape[axis + 1 :])

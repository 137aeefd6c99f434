"""Ops on the gates of recurrent cells: equal blocks along an axis, each called by a letter.

The letters are free names. TensorFlow's BasicLSTMCell stores ``icfo`` (input, new input, forget,
output) and adds its forget bias when it runs; Keras's LSTM stores ``ifco``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tfmigrate.mapping.ops.base import Array, EachOp, Op, OpError, Shape, axis_of
from tfmigrate.mapping.ops.ranges import constant


@dataclass(frozen=True)
class ReorderGates(EachOp):
    """Puts the blocks of every tensor in another order; swapping the two orders undoes it."""

    from_: str
    to: str
    axis: int = -1

    def shape_of(self, shape: Shape) -> Shape:
        """The same shape."""
        if sorted(self.from_) != sorted(self.to):
            raise OpError(f"reorder_gates from {self.from_} to {self.to}: not the same gates")
        _blocks(shape, self.axis, self.from_, self)
        return shape

    def one(self, array: Array) -> Array:
        """The array, its blocks in the new order."""
        blocks = np.split(array, len(self.from_), self.axis)
        return np.concatenate([blocks[self.from_.index(gate)] for gate in self.to], self.axis)


@dataclass(frozen=True)
class AddConstant(EachOp):
    """Adds a number to every element, or to one gate's block alone; the negative one undoes it.

    A sum is rounded to the tensor's dtype, as it is where TensorFlow adds a forget bias.
    """

    value: float
    gate: str = ""
    gates: str = ""
    axis: int = -1

    def shape_of(self, shape: Shape) -> Shape:
        """The same shape."""
        if self.gate not in self.gates:
            raise OpError(f"add_constant: there is no gate {self.gate} in {self.gates}")
        if self.gates:
            _blocks(shape, self.axis, self.gates, self)
        return shape

    def one(self, array: Array) -> Array:
        """The sum.

        Raises:
            OpError: The number is none of the array's dtype.
        """
        found, number = array.copy(), constant(self.value, array, "add_constant")
        found[self._where(array.shape)] += number
        return found

    def _where(self, shape: Shape) -> tuple[slice, ...]:
        if not self.gates:
            return ()
        axis = self.axis % len(shape)
        size = shape[axis] // len(self.gates)
        start = self.gates.index(self.gate) * size
        return (slice(None),) * axis + (slice(start, start + size),)


def _blocks(shape: Shape, axis: int, gates: str, op: Op) -> None:
    """Refuse a shape that has no equal blocks.

    Raises:
        OpError: Its size along the axis is no multiple of the number of gates.
    """
    size = shape[axis_of(axis, shape, op)]
    if size % len(gates):
        raise OpError(
            f"{len(gates)} gates ({gates}) do not fit axis {axis} of the shape {shape}: {size} is"
            f" no multiple of {len(gates)}"
        )

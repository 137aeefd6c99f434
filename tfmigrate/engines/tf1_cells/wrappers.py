"""Cells around a cell."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Cell, activation_of, affine, cell_in


class Wrapper(Cell):
    """A cell around a cell, with its sizes."""

    nameless = True

    def __init__(self, cell: Any, name: str | None = None, **others: Any) -> None:
        super().__init__(name=name or self.scope or "wrapper", **others)
        self.cell = cell_in(cell, type(self).__name__)
        self.state_size, self.output_size = self.cell.state_size, self.cell.output_size

    def make(self, size: int, dtype: Any) -> None:
        """Make the variables of the cell inside."""
        self.cell.make(size, dtype)

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """What the cell inside gives."""
        found: tuple[Any, Any] = self.cell.step(inputs, state)
        return found


class DropoutWrapper(Wrapper):
    """Nothing is dropped where nothing is trained."""

    def __init__(
        self, cell: Any, input_keep_prob: float = 1.0, output_keep_prob: float = 1.0,
        state_keep_prob: float = 1.0, variational_recurrent: bool = False, **others: Any,
    ) -> None:  # fmt: skip
        super().__init__(cell, **others)


class ResidualWrapper(Wrapper):
    """The output is that of the cell plus the input."""

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The state is the cell's own."""
        output, new = self.cell.step(inputs, state)
        return inputs + output, new


class HighwayWrapper(Wrapper):
    """A gate between input and output; its variables stand in the scope around it."""

    def __init__(self, cell: Any, couple_carry_transform_gates: bool = True, **others: Any) -> None:
        super().__init__(cell, **others)
        self._coupled = couple_carry_transform_gates

    def make(self, size: int, dtype: Any) -> None:
        """Make ``carry_w``, ``carry_b``, and ``transform_w``, ``transform_b`` of its own gate."""
        self.cell.make(size, dtype)
        self.variables_of(dtype, carry_w=(size, size), carry_b=(size,))
        if not self._coupled:
            self.variables_of(dtype, transform_w=(size, size), transform_b=(size,))

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """``x * carry + output * transform``."""
        output, new = self.cell.step(inputs, state)
        carry = tf.sigmoid(tf.matmul(inputs, self.carry_w) + self.carry_b)
        transform = 1 - carry
        if not self._coupled:
            transform = tf.sigmoid(tf.matmul(inputs, self.transform_w) + self.transform_b)
        return inputs * carry + output * transform, new


class InputProjectionWrapper(Wrapper):
    """An affine layer below the cell."""

    scope, nameless = "input_projection_wrapper", False

    def __init__(self, cell: Any, num_proj: int, activation: Any = None, **others: Any) -> None:
        super().__init__(cell, **others)
        self._size, self._activation = num_proj, activation_of(activation, "identity")

    def make(self, size: int, dtype: Any) -> None:
        """Make ``kernel`` and ``bias`` beside the cell's scope."""
        self.variables_of(dtype, kernel=(size, self._size), bias=(self._size,))
        self.cell.make(self._size, dtype)

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The cell sees the projection."""
        found: tuple[Any, Any] = self.cell.step(self._activation(affine([inputs], self)), state)
        return found


class OutputProjectionWrapper(Wrapper):
    """An affine layer above the cell."""

    scope, nameless = "output_projection_wrapper", False

    def __init__(self, cell: Any, output_size: int, activation: Any = None, **others: Any) -> None:
        super().__init__(cell, **others)
        self.output_size, self._activation = output_size, activation_of(activation, "identity")

    def make(self, size: int, dtype: Any) -> None:
        """Make ``kernel`` and ``bias`` beside the cell's scope."""
        self.cell.make(size, dtype)
        inner, outer = self.cell.output_size, self.output_size
        self.variables_of(dtype, kernel=(inner, outer), bias=(outer,))

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The state is the cell's own."""
        output, new = self.cell.step(inputs, state)
        return self._activation(affine([output], self)), new

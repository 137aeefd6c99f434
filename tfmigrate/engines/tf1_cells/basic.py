"""Cells with a single state and a single matrix."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Cell, activation_of, affine


class BasicRNNCell(Cell):
    """``act([x, h] @ kernel + bias)``; ``tf.nn.rnn_cell.BasicRNNCell``."""

    scope = "basic_rnn_cell"

    def __init__(self, num_units: int, activation: Any = None, **others: Any) -> None:
        super().__init__(**others)
        self.state_size = self.output_size = num_units
        self._activation = activation_of(activation)

    def make(self, size: int, dtype: Any) -> None:
        """Make ``kernel`` and ``bias``."""
        units = self.output_size
        self.variables_of(dtype, kernel=(size + units, units), bias=(units,))

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output is the state."""
        new = self._activation(affine([inputs, state], self))
        return new, new


class UGRNNCell(Cell):
    """The update gate cell of ``tf.contrib.rnn``: gate, then candidate in one kernel."""

    scope = "ugrnn_cell"

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, activation: Any = None, **others: Any
    ) -> None:
        super().__init__(**others)
        self.state_size = self.output_size = num_units
        self._forget_bias, self._activation = forget_bias, activation_of(activation)

    def make(self, size: int, dtype: Any) -> None:
        """Make ``kernel`` and ``bias``."""
        units = self.output_size
        self.variables_of(dtype, kernel=(size + units, 2 * units), bias=(2 * units,))

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The forget bias is added when it runs, it is not stored."""
        gate, candidate = tf.split(affine([inputs, state], self), 2, 1)
        gate = tf.sigmoid(gate + self._forget_bias)
        new = gate * state + (1 - gate) * self._activation(candidate)
        return new, new

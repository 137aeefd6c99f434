"""The cell that a neural architecture search found."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Cell


class NASCell(Cell):
    """``tf.contrib.rnn.NASCell``: eight parts of input and state each. States ``c``, ``h``."""

    scope = "nas_cell"

    def __init__(
        self, num_units: int, num_proj: int | None = None, use_bias: bool = False, **others: Any
    ) -> None:
        super().__init__(**others)
        self._units, self._projects, self._biased = num_units, num_proj, use_bias
        self.output_size = num_proj or num_units
        self.state_size = (num_units, self.output_size)

    def make(self, size: int, dtype: Any) -> None:
        """Make ``recurrent_kernel``, ``kernel``, ``bias`` and ``projection_weights``."""
        n, m = self._units, self.output_size
        self.variables_of(dtype, recurrent_kernel=(m, 8 * n), kernel=(size, 8 * n))
        if self._biased:
            self.variables_of(dtype, bias=(8 * n,))
        if self._projects:
            self.variables_of(dtype, projection_weights=(n, m))

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """Three layers of pairs, as the search left them."""
        cell, hidden = state
        of_state = tf.matmul(hidden, self.recurrent_kernel)
        if self._biased:
            of_state += self.bias
        m = tf.split(of_state, 8, 1)
        x = tf.split(tf.matmul(inputs, self.kernel), 8, 1)
        left = tf.tanh(tf.sigmoid(x[0] + m[0]) * tf.nn.relu(x[1] + m[1]))
        right = tf.tanh(tf.sigmoid(x[2] + m[2]) + tf.nn.relu(x[3] * m[3]))
        third = tf.tanh(tf.tanh(x[4] + m[4]) * tf.sigmoid(x[5] + m[5]))
        fourth = tf.sigmoid(tf.tanh(x[6] + m[6]) + tf.sigmoid(x[7] + m[7]))
        cell = tf.tanh(left + cell) * right
        hidden = tf.tanh(cell * tf.tanh(third + fourth))
        if self._projects:
            hidden = tf.matmul(hidden, self.projection_weights)
        return hidden, (cell, hidden)

"""The cell that attends to its own past outputs."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Scope, affine
from tfmigrate.engines.tf1_cells.wrappers import Wrapper


class AttentionCellWrapper(Wrapper):
    """``tf.contrib.rnn.AttentionCellWrapper`` over a window of the last outputs.

    Its states are those of the cell, the attention, and the window in one row.
    """

    scope, nameless = "attention_cell_wrapper", False

    def __init__(
        self, cell: Any, attn_length: int, attn_size: int | None = None,
        attn_vec_size: int | None = None, input_size: int | None = None, **others: Any,
    ) -> None:  # fmt: skip
        super().__init__(cell, **others)
        self.output_size = attn_size or self.cell.output_size
        self._length, self._features = attn_length, attn_vec_size or self.output_size
        self._input_size = input_size
        size = self.output_size
        self.state_size = (self.cell.state_size, size, size * attn_length)

    def make(self, size: int, dtype: Any) -> None:
        """Make ``kernel``, ``attention/*`` and ``attn_output_projection/*`` beside the cell."""
        inner, n, m = self._input_size or size, self.output_size, self._features
        self.variables_of(dtype, kernel=(size + n, inner), bias=(inner,))
        self.cell.make(inner, dtype)
        query = sum(tf.nest.flatten(self.cell.state_size))
        shapes = {"attn_w": (1, 1, n, m), "attn_v": (m,), "kernel": (query, m), "bias": (m,)}
        self._attention = Scope(name="attention").variables_of(dtype, **shapes)
        joined = {"kernel": (self.cell.output_size + n, n), "bias": (n,)}
        self._projection = Scope(name="attn_output_projection").variables_of(dtype, **joined)

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The new output takes the place of the oldest in the window."""
        below, attention, window = state
        past = tf.reshape(window, [-1, self._length, self.output_size])
        output, below = self.cell.step(affine([inputs, attention], self), below)
        attention = self._attended(tf.concat(tf.nest.flatten(below), 1), past)
        output = affine([output, attention], self._projection)
        past = tf.concat([past[:, 1:], output[:, None]], 1)
        window = tf.reshape(past, [-1, self._length * self.output_size])
        return output, (below, attention, window)

    def _attended(self, query: Any, past: Any) -> Any:
        held = self._attention
        features = tf.einsum("bls,sv->blv", past, held.attn_w[0, 0])
        scores = tf.reduce_sum(held.attn_v * tf.tanh(features + affine([query], held)[:, None]), 2)
        return tf.reduce_sum(tf.nn.softmax(scores)[..., None] * past, 1)

"""Gated recurrent units: gates in the order reset, update."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Cell, Scope, activation_of, affine


class GRUCell(Cell):
    """The reset gate acts before the product; GRUBlockCellV2 is the same with the same names."""

    scope = "gru_cell"

    def __init__(self, num_units: int, activation: Any = None, **others: Any) -> None:
        super().__init__(**others)
        self.state_size = self.output_size = num_units
        self._activation = activation_of(activation)

    def make(self, size: int, dtype: Any) -> None:
        """Make ``gates/kernel``, ``gates/bias``, ``candidate/kernel`` and ``candidate/bias``."""
        n = self.output_size
        self.gates = _affine("gates", size + n, 2 * n, dtype)
        self.candidate = _affine("candidate", size + n, n, dtype)

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """``u * h + (1 - u) * act(...)``."""
        reset, update = tf.split(tf.sigmoid(affine([inputs, state], self.gates)), 2, 1)
        new = update * state + (1 - update) * self._new(inputs, state, reset)
        return new, new

    def _new(self, inputs: Any, state: Any, reset: Any) -> Any:
        return self._activation(affine([inputs, reset * state], self.candidate))


class GRUBlockCell(GRUCell):
    """The fused one of ``tf.contrib.rnn`` under its older names: ``w_ru``, ``b_ru``, ``w_c``..."""

    def make(self, size: int, dtype: Any) -> None:
        """Make ``w_ru``, ``w_c``, ``b_ru`` and ``b_c``."""
        n = self.output_size
        self.variables_of(dtype, w_ru=(size + n, 2 * n), w_c=(size + n, n), b_ru=(2 * n,), b_c=(n,))

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """As GRUCell does."""
        gates = tf.matmul(tf.concat([inputs, state], 1), self.w_ru) + self.b_ru
        reset, update = tf.split(tf.sigmoid(gates), 2, 1)
        candidate = tf.matmul(tf.concat([inputs, reset * state], 1), self.w_c) + self.b_c
        new = update * state + (1 - update) * tf.tanh(candidate)
        return new, new


class CudnnCompatibleGRUCell(GRUCell):
    """The reset gate acts after the product, on the hidden projection and its bias."""

    scope = "cudnn_compatible_gru_cell"

    def make(self, size: int, dtype: Any) -> None:
        """Make ``gates/*``, ``candidate/input_projection/*`` and ``.../hidden_projection/*``."""
        n = self.output_size
        self.gates = _affine("gates", size + n, 2 * n, dtype)
        self.candidate = Scope(name="candidate")
        self.candidate.of_input = _affine("input_projection", size, n, dtype)
        self.candidate.of_state = _affine("hidden_projection", n, n, dtype)

    def _new(self, inputs: Any, state: Any, reset: Any) -> Any:
        hidden = affine([state], self.candidate.of_state)
        return self._activation(affine([inputs], self.candidate.of_input) + reset * hidden)


def _affine(name: str, size: int, units: int, dtype: Any) -> Scope:
    return Scope(name=name).variables_of(dtype, kernel=(size, units), bias=(units,))

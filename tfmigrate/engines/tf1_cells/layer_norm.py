"""The LSTM cell whose gates are normalised, each by itself."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Cell, Scope, activation_of, affine

_GATES = ("input", "transform", "forget", "output")


class LayerNormBasicLSTMCell(Cell):
    """``tf.contrib.rnn``'s; without ``layer_norm`` it has a bias instead. States ``c``, ``h``."""

    scope = "layer_norm_basic_lstm_cell"

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, activation: Any = None,
        layer_norm: bool = True, **others: Any,
    ) -> None:  # fmt: skip
        super().__init__(**others)
        self.output_size, self.state_size = num_units, (num_units, num_units)
        self._forget_bias, self._normalises = forget_bias, layer_norm
        self._activation = activation_of(activation)

    def make(self, size: int, dtype: Any) -> None:
        """Make ``kernel``, then ``bias`` or ``gamma`` and ``beta`` of each gate and ``state``."""
        n = self.output_size
        self.variables_of(dtype, kernel=(size + n, 4 * n))
        if not self._normalises:
            self.variables_of(dtype, bias=(4 * n,))
            return
        scopes = [Scope(name=name) for name in (*_GATES, "state")]
        self._norms = [scope.variables_of(dtype, gamma=(n,), beta=(n,)) for scope in scopes]

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The cell that the next step sees is normalised too."""
        cell, hidden = state
        gates = tf.split(affine([inputs, hidden], self), 4, 1)
        if self._normalises:
            gates = [_normalised(g, held) for g, held in zip(gates, self._norms, strict=False)]
        i, new, f, o = gates
        cell = cell * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * self._activation(new)
        if self._normalises:
            cell = _normalised(cell, self._norms[-1])
        hidden = self._activation(cell) * tf.sigmoid(o)
        return hidden, (cell, hidden)


def _normalised(value: Any, held: Scope) -> Any:
    """As ``tf.contrib.layers.layer_norm``: epsilon 1e-12, for float16 1e-3."""
    wide = tf.cast(value, tf.float32) if value.dtype == tf.float16 else value
    mean, variance = tf.nn.moments(wide, [-1], keepdims=True)
    epsilon = 1e-3 if value.dtype == tf.float16 else 1e-12
    mean, variance = tf.cast(mean, value.dtype), tf.cast(variance, value.dtype)
    return tf.nn.batch_normalization(value, mean, variance, held.beta, held.gamma, epsilon)

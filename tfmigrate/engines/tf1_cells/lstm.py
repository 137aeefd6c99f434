"""Long short-term memory: gates in the order input, new, forget, output; states ``c``, ``h``.

The forget bias is added when it runs and is not part of the stored bias. Peepholes of the input and
forget gates see the cell before the step, that of the output gate the cell after it, clipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Cell, Scope, activation_of, affine, packed, unpacked


@dataclass(frozen=True)
class _Options:
    use_peepholes: bool = False
    cell_clip: float | None = None
    num_proj: int | None = None
    proj_clip: float | None = None
    state_is_tuple: bool = True


class LSTMCell(Cell):
    """``tf.nn.rnn_cell.LSTMCell``; Keras's has other gates and neither clips nor projects.

    Its options: ``use_peepholes``, ``cell_clip``, ``num_proj``, ``proj_clip``, ``state_is_tuple``.
    """

    scope = "lstm_cell"

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, activation: Any = None,
        name: str | None = None, dtype: Any = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, dtype)
        self._units, self._options = num_units, _Options(**options)
        self._forget_bias, self._activation = forget_bias, activation_of(activation)
        self.output_size = self._options.num_proj or num_units
        self._sizes = [num_units, self.output_size]
        self.state_size = tuple(self._sizes) if self._options.state_is_tuple else sum(self._sizes)

    def make(self, size: int, dtype: Any) -> None:
        """Make ``kernel``, ``bias``, ``w_f_diag``..., ``projection/kernel``."""
        n, m = self._units, self.output_size
        self.variables_of(dtype, kernel=(size + m, 4 * n), bias=(4 * n,))
        if self._options.use_peepholes:
            self.variables_of(dtype, w_f_diag=(n,), w_i_diag=(n,), w_o_diag=(n,))
        if self._options.num_proj:
            self.projection = Scope(name="projection").variables_of(dtype, kernel=(n, m))

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output is ``h``."""
        cell, hidden = unpacked(state, self._sizes, self._options.state_is_tuple)
        i, new, f, o = tf.split(affine([inputs, hidden], self), 4, 1)
        f += self._forget_bias
        if self._options.use_peepholes:
            i, f = i + self.w_i_diag * cell, f + self.w_f_diag * cell
        cell = tf.sigmoid(f) * cell + tf.sigmoid(i) * self._activation(new)
        cell = _clipped(cell, self._options.cell_clip)
        if self._options.use_peepholes:
            o += self.w_o_diag * cell
        hidden = tf.sigmoid(o) * self._activation(cell)
        if self._options.num_proj:
            hidden = _clipped(affine([hidden], self.projection), self._options.proj_clip)
        return hidden, packed([cell, hidden], self._options.state_is_tuple)


class BasicLSTMCell(LSTMCell):
    """``tf.nn.rnn_cell.BasicLSTMCell``: the plain one."""

    scope = "basic_lstm_cell"

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, activation: Any = None,
        state_is_tuple: bool = True, **others: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            num_units, forget_bias, activation, state_is_tuple=state_is_tuple, **others
        )


class LSTMBlockCell(LSTMCell):
    """The fused one of ``tf.contrib.rnn``: it clips where the limit is above 0."""

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None,
        use_peephole: bool = False, **others: Any,
    ) -> None:  # fmt: skip
        limit = cell_clip if cell_clip and cell_clip > 0 else None
        super().__init__(
            num_units, forget_bias, cell_clip=limit, use_peepholes=use_peephole, **others
        )


class CudnnCompatibleLSTMCell(LSTMCell):
    """What CudnnLSTM is on a CPU: nothing is added to the forget gate."""

    scope = "cudnn_compatible_lstm_cell"

    def __init__(self, num_units: int, **others: Any) -> None:
        super().__init__(num_units, forget_bias=0.0, **others)


def _clipped(value: Any, limit: float | None) -> Any:
    return value if limit is None else tf.clip_by_value(value, -limit, limit)

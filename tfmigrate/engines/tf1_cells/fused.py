"""Layers that TF1 ran as one op: their variables are their own, and time comes first."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.bidirectional import StackBidirectionalRNN
from tfmigrate.engines.tf1_cells.gru import CudnnCompatibleGRUCell
from tfmigrate.engines.tf1_cells.layers import DynamicRNN, Recurrent, over_time
from tfmigrate.engines.tf1_cells.lstm import CudnnCompatibleLSTMCell, LSTMBlockCell
from tfmigrate.engines.tf1_cells.stacked import MultiRNNCell


class LSTMBlockFusedCell(DynamicRNN):
    """``tf.contrib.rnn.LSTMBlockFusedCell``: outputs ``[time, batch, units]``, c and h."""

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, cell_clip: float | None = None,
        use_peephole: bool = False, name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        cell = _Inside(num_units, forget_bias, cell_clip, use_peephole)
        super().__init__(cell, time_major=True, name=name, dtype=dtype)


class _Inside(LSTMBlockCell):
    nameless = True


class _Cudnn(Recurrent):
    """A stack of layers under the names that its canonical form has in checkpoints."""

    cell: Any
    _net: Any

    def __init__(
        self, num_layers: int, num_units: int, direction: str = "unidirectional",
        time_major: bool = True, name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if direction not in ("unidirectional", "bidirectional"):
            raise ValueError("direction is unidirectional or bidirectional")
        super().__init__(time_major, name, dtype)
        self._layers = num_layers
        self._both = direction == "bidirectional"
        cells = [self.cell(num_units) for _ in range(num_layers)]
        if self._both:
            back = [self.cell(num_units) for _ in range(num_layers)]
            name = "stack_bidirectional_rnn"
            self._net = StackBidirectionalRNN(cells, back, time_major=time_major, name=name)
        else:
            self._net = DynamicRNN(MultiRNNCell(cells), time_major=time_major, name="rnn")

    def make(self, size: int, dtype: Any) -> int:
        """Make the variables of every layer."""
        return int(self._net.make(size, dtype))

    def sizes(self) -> tuple[list[int], list[int]]:
        """Both ways side by side; one state of each kind."""
        outputs, states = self._net.sizes()
        return outputs, states[: len(states) // self._rows()]

    def shapes_of(self, states: list[int], batch: Any) -> list[Any]:
        """``[layers and directions, batch, units]``."""
        return [tf.TensorShape([self._rows(), batch, size]) for size in states]

    def _rows(self) -> int:
        return self._layers * (1 + self._both)

    def call(self, inputs: Any, sequence_lengths: Any = None) -> Any:
        """Outputs, then each kind of state as ``[layers and directions, batch, units]``."""
        if self._both:
            outputs, states = self._net.run(inputs, sequence_lengths)
            flat = [way for layer in states for way in layer]
        else:
            major = self.time_major
            outputs, last = over_time(self._net.cell, inputs, sequence_lengths, time_major=major)
            each = len(last) // self._layers
            flat = [last[i : i + each] for i in range(0, len(last), each)]
        return [outputs, *(tf.stack(kind) for kind in reversed(list(zip(*flat, strict=True))))]


class CudnnLSTM(_Cudnn):
    """``tf.contrib.cudnn_rnn.CudnnLSTM``: outputs, h, then c."""

    cell = CudnnCompatibleLSTMCell


class CudnnGRU(_Cudnn):
    """``tf.contrib.cudnn_rnn.CudnnGRU``: outputs, then h."""

    cell = CudnnCompatibleGRUCell

"""Two cells, one from the front and one from the back."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Scope, cell_in
from tfmigrate.engines.tf1_cells.layers import Recurrent, over_time


class _Pair(Scope):
    """``fw/CELL`` and ``bw/CELL``."""

    def __init__(self, forward: Any, backward: Any, **others: Any) -> None:
        super().__init__(**others)
        self._ways = [Scope(name="fw"), Scope(name="bw")]
        for way, cell in zip(self._ways, (forward, backward), strict=True):
            way.cell = cell_in(cell, "a bidirectional layer")

    def make(self, size: int, dtype: Any) -> int:
        """Make the variables of both; the size of both outputs side by side."""
        for way in self._ways:
            way.cell.make(size, dtype)
        return sum(self.output_sizes())

    def output_sizes(self) -> list[int]:
        """Of the forward and of the backward cell."""
        return [way.cell.output_size for way in self._ways]

    def state_sizes(self) -> list[list[int]]:
        """Of the forward and of the backward cell."""
        return [tf.nest.flatten(way.cell.state_size) for way in self._ways]

    def run(self, inputs: Any, lengths: Any, initial: Any, time_major: bool) -> tuple[Any, Any]:
        """The outputs of both, and the lists of states of both."""
        forward, backward = (way.cell for way in self._ways)
        batch, time = (1, 0) if time_major else (0, 1)

        def turned(x: Any) -> Any:
            if lengths is None:
                return tf.reverse(x, [time])
            return tf.reverse_sequence(x, lengths, seq_axis=time, batch_axis=batch)

        front, last = over_time(forward, inputs, lengths, initial[0], time_major)
        back, first = over_time(backward, turned(inputs), lengths, initial[1], time_major)
        return (front, turned(back)), (last, first)


class BidirectionalRNN(Recurrent):
    """``tf.nn.bidirectional_dynamic_rnn``: outputs forward, backward, then the states of both.

    The backward cell begins where each sequence ends, not where the padding ends.
    """

    def __init__(self, cell_fw: Any, cell_bw: Any, **others: Any) -> None:
        super().__init__(**others)
        self._pair = _Unnamed(cell_fw, cell_bw)

    def make(self, size: int, dtype: Any) -> int:
        """Make the variables of both cells."""
        return int(self._pair.make(size, dtype))

    def sizes(self) -> tuple[list[int], list[int]]:
        """Those of the forward cell, then those of the backward one."""
        forward, backward = self._pair.state_sizes()
        return self._pair.output_sizes(), [*forward, *backward]

    def call(
        self, inputs: Any, sequence_length: Any = None, initial_state_fw: Any = None,
        initial_state_bw: Any = None,
    ) -> Any:  # fmt: skip
        """Run both over the whole input."""
        initial = (initial_state_fw, initial_state_bw)
        outputs, states = self._pair.run(inputs, sequence_length, initial, self.time_major)
        return [*outputs, *states[0], *states[1]]


class _Unnamed(_Pair):
    nameless = True


class StackBidirectionalRNN(Recurrent):
    """``tf.contrib.rnn.stack_bidirectional_dynamic_rnn``: each layer sees both ways of the last.

    It gives the outputs side by side, the forward states of every layer, then the backward ones.
    """

    def __init__(self, cells_fw: list[Any], cells_bw: list[Any], **others: Any) -> None:
        super().__init__(**others)
        self._held = []
        for i, (forward, backward) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            held = Scope(name=f"cell_{i}")
            held.pair = _Pair(forward, backward, name="bidirectional_rnn")
            self._held.append(held)

    def make(self, size: int, dtype: Any) -> int:
        """Make the variables of every layer."""
        for held in self._held:
            size = held.pair.make(size, dtype)
        return size

    def sizes(self) -> tuple[list[int], list[int]]:
        """Both ways side by side; the forward states of every layer, then the backward ones."""
        states = [held.pair.state_sizes() for held in self._held]
        flat = [size for way in (0, 1) for pair in states for size in pair[way]]
        return [sum(self._held[-1].pair.output_sizes())], flat

    def call(self, inputs: Any, sequence_length: Any = None) -> Any:
        """Run the layers one after the other."""
        outputs, states = self.run(inputs, sequence_length)
        return [outputs, *(s for pair in states for s in pair[0]),
                *(s for pair in states for s in pair[1])]  # fmt: skip

    def run(self, inputs: Any, lengths: Any, initial: Any = None) -> tuple[Any, list[Any]]:
        """The outputs side by side, and each layer's states, forward and backward."""
        states = []
        for i, held in enumerate(self._held):
            given = initial[i] if initial else (None, None)
            pair, last = held.pair.run(inputs, lengths, given, self.time_major)
            inputs = tf.concat(pair, 2)
            states.append(last)
        return inputs, states

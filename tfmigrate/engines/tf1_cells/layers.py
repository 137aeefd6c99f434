"""The layers that run a cell over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import tensorflow as tf
import tf_keras
from tensorflow.python.util import deprecation

from tfmigrate.engines.tf1_cells.base import Base, cell_in


class Stepper(Protocol):
    """What can be run over time: a cell, or one that attends to a memory."""

    state_size: Any
    output_size: int

    def start(self, inputs: Any) -> Any:
        """A state to begin with."""

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the state after a step."""


class Recurrent(Base):
    """A layer over time whose variables have the type of its input, as in TF1.

    It gives a list: the outputs first, then the states, nested ones flattened.
    """

    def __init__(
        self, time_major: bool = False, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype or tf_keras.mixed_precision.Policy("_infer"))
        self.time_major = time_major

    def __call__(self, inputs: Any, **others: Any) -> Any:
        """Call it; lengths come last of what it takes, and are no longer than the time."""
        given = others.get("sequence_length", others.get("sequence_lengths"))
        if given is not None and not hasattr(self, "input_ranges"):  # later calls are trials
            time = inputs.shape[0 if self.time_major else 1]
            self.input_ranges = {len(tf.nest.flatten([inputs, others])) - 1: (0, (time or 8) + 1)}
        return super().__call__(inputs, **others)

    def build(self, input_shape: Any) -> None:
        """Make the variables of the cells."""
        self.make(int(tf.TensorShape(input_shape)[-1]), self.dtype)
        self.built = True

    def make(self, size: int, dtype: Any) -> int:
        """Make the variables of the cells; the size of the outputs."""
        raise NotImplementedError

    def sizes(self) -> tuple[list[int], list[int]]:
        """Sizes of the outputs, and of the states."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> list[Any]:
        """The shapes of what it gives, without running it."""
        several = isinstance(input_shape, list)  # lengths and states come after the input
        shape = tf.TensorShape(input_shape[0] if several else input_shape)
        outputs, states = self.sizes()
        return [
            *(tf.TensorShape([*shape[:2], size]) for size in outputs),
            *self.shapes_of(states, shape[1 if self.time_major else 0]),
        ]

    def shapes_of(self, states: list[int], batch: Any) -> list[Any]:
        """The shapes of states of these sizes."""
        return [tf.TensorShape([batch, size]) for size in states]


class DynamicRNN(Recurrent):
    """``tf.nn.dynamic_rnn``: outputs ``[batch, time, size]``, then the states; LSTMs' c, then h.

    Where a sequence has ended, the output is zero and the state stays as it was.
    """

    def __init__(self, cell: Any, **others: Any) -> None:
        super().__init__(**others)
        self.cell = cell_in(cell, "tf1.dynamic_rnn")

    def make(self, size: int, dtype: Any) -> int:
        """Make the variables of the cell."""
        self.cell.make(size, dtype)
        return self.cell.output_size

    def sizes(self) -> tuple[list[int], list[int]]:
        """Those of the cell."""
        return [self.cell.output_size], tf.nest.flatten(self.cell.state_size)

    def call(self, inputs: Any, sequence_length: Any = None, initial_state: Any = None) -> Any:
        """Run it over the whole input."""
        outputs, states = over_time(
            self.cell, inputs, sequence_length, initial_state, self.time_major
        )
        return [outputs, *states]


@tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
def over_time(
    cell: Stepper, inputs: Any, lengths: Any = None, initial: Any = None, time_major: bool = False
) -> tuple[Any, list[Any]]:
    """Outputs and last states of a cell.

    Args:
        cell: The cell, its variables made.
        inputs: ``[batch, time, size]``, or ``[time, batch, size]`` with `time_major`.
        lengths: How long each sequence is, ``[batch]``; all of the time if not given.
        initial: States to begin with, flat; zeros if not given.
        time_major: Whether time comes first.
    """
    first = inputs[0] if time_major else inputs[:, 0]
    given = None if initial is None else tf.nest.flatten(initial)
    start = cell.start(first) if given is None else tf.nest.pack_sequence_as(cell.state_size, given)
    with deprecation.silence():
        outputs, last = tf.compat.v1.nn.dynamic_rnn(
            _Stepping(cell), inputs, lengths, start, time_major=time_major
        )
    return outputs, tf.nest.flatten(last)


class _Stepping:
    """A cell as TensorFlow's loop takes one."""

    def __init__(self, cell: Stepper) -> None:
        self.state_size, self.output_size = cell.state_size, cell.output_size
        self._step: Callable[..., tuple[Any, Any]] = cell.step

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        return self._step(inputs, state)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Not asked for: the loop is given a state to begin with."""
        raise NotImplementedError

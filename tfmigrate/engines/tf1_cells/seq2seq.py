"""``tf.contrib.seq2seq``: a decoder that attends to a memory, fed with what it should say."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Scope, affine
from tfmigrate.engines.tf1_cells.layers import Recurrent, over_time
from tfmigrate.engines.tf1_cells.wrappers import Wrapper


class BahdanauAttention(Scope):
    """``sum(v * tanh(keys + query_layer(q)))``; ``normalize`` scales v and adds a bias."""

    scope = "bahdanau_attention"

    def __init__(self, num_units: int, normalize: bool = False, name: str | None = None) -> None:
        super().__init__(name=name or self.scope)
        self._units, self._normalises = num_units, normalize

    def make(self, query: int, memory: int, dtype: Any) -> None:
        """Make ``memory_layer/kernel``, ``query_layer/kernel``, ``attention_v``, ``_g``, ``_b``."""
        n = self._units
        self.memory = Scope(name="memory_layer").variables_of(dtype, kernel=(memory, n))
        self.query = Scope(name="query_layer").variables_of(dtype, kernel=(query, n))
        self.variables_of(dtype, attention_v=(n,))
        if self._normalises:
            self.variables_of(dtype, attention_g=(), attention_b=(n,))

    def scores(self, query: Any, keys: Any) -> Any:
        """How well each row of the memory fits, ``[batch, time]``."""
        v, total = self.attention_v, keys + affine([query], self.query)[:, None]
        if self._normalises:
            v = self.attention_g * v * tf.math.rsqrt(tf.reduce_sum(tf.square(v)))
            total += self.attention_b
        return tf.reduce_sum(v * tf.tanh(total), 2)


class LuongAttention(Scope):
    """``keys @ query``, times ``attention_g`` with ``scale``."""

    scope = "luong_attention"

    def __init__(self, num_units: int, scale: bool = False, name: str | None = None) -> None:
        super().__init__(name=name or self.scope)
        self._units, self._scales = num_units, scale

    def make(self, query: int, memory: int, dtype: Any) -> None:
        """Make ``memory_layer/kernel`` and ``attention_g``."""
        if query != self._units:
            raise ValueError(f"LuongAttention has num_units {self._units}, its cell {query}")
        self.memory = Scope(name="memory_layer").variables_of(dtype, kernel=(memory, query))
        if self._scales:
            self.variables_of(dtype, attention_g=())

    def scores(self, query: Any, keys: Any) -> Any:
        """How well each row of the memory fits, ``[batch, time]``."""
        found = tf.linalg.matvec(keys, query)
        return self.attention_g * found if self._scales else found


class AttentionWrapper(Wrapper):
    """A cell that sees the attention of the step before; states of the cell, then the attention."""

    scope, nameless = "attention_wrapper", False

    def __init__(
        self, cell: Any, attention_mechanism: Any, attention_layer_size: int | None = None,
        output_attention: bool = True, **others: Any,
    ) -> None:  # fmt: skip
        super().__init__(cell, **others)
        if not isinstance(attention_mechanism, BahdanauAttention | LuongAttention):
            raise TypeError("attention_mechanism is tf1.BahdanauAttention or tf1.LuongAttention")
        self.mechanism, self._size = attention_mechanism, attention_layer_size
        self._gives_attention = output_attention

    def make_with(self, size: int, memory: int, dtype: Any) -> None:
        """Make the variables, for inputs and a memory of these sizes."""
        attention = self._size or memory
        cell = self.cell.output_size
        self.cell.make(size + attention, dtype)
        self.mechanism.make(cell, memory, dtype)
        if self._size:
            shape = (cell + memory, self._size)
            self._layer = Scope(name="attention_layer").variables_of(dtype, kernel=shape)
        self.state_size = (self.cell.state_size, attention)
        self.output_size = attention if self._gives_attention else cell

    def attending(self, memory: Any, lengths: Any) -> Attending:
        """The cell over a memory ``[batch, time, size]`` of these lengths."""
        mask = None
        if lengths is not None:
            mask = tf.sequence_mask(lengths, tf.shape(memory)[1])
            memory *= tf.cast(mask, memory.dtype)[..., None]
        return Attending(self, memory, mask)

    def stepped(self, inputs: Any, state: Any, over: Attending) -> tuple[Any, Any]:
        """A step of the cell, then of the attention."""
        below, attention = state
        output, below = self.cell.step(tf.concat([inputs, attention], 1), below)
        attention = over.context(output)
        if self._size:
            attention = affine([output, attention], self._layer)
        return attention if self._gives_attention else output, (below, attention)


class Attending:
    """An AttentionWrapper and the memory that it attends to."""

    def __init__(self, wrapper: AttentionWrapper, memory: Any, mask: Any) -> None:
        self.state_size, self.output_size = wrapper.state_size, wrapper.output_size
        self.start = wrapper.start
        self._wrapper, self._memory, self._mask = wrapper, memory, mask
        self._keys = tf.linalg.matmul(memory, wrapper.mechanism.memory.kernel)

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """A step of the wrapper."""
        return self._wrapper.stepped(inputs, state, self)

    def context(self, query: Any) -> Any:
        """The memory, weighted by how well each row fits."""
        scores = self._wrapper.mechanism.scores(query, self._keys)
        if self._mask is not None:
            scores = tf.where(self._mask, scores, tf.constant(-float("inf"), scores.dtype))
        return tf.reduce_sum(tf.nn.softmax(scores)[..., None] * self._memory, 1)


class AttentionDecoder(Recurrent):
    """``dynamic_decode`` of a BasicDecoder with a TrainingHelper, without its output layer.

    It gives outputs up to the longest ``sequence_length``, then the states; after a sequence's end
    it goes on, unless ``impute_finished`` zeroes outputs and keeps states. ``initial_state`` is
    that of the cell inside; the attention begins with zeros.
    """

    def __init__(self, cell: Any, impute_finished: bool = False, **others: Any) -> None:
        super().__init__(**others)
        if not isinstance(cell, AttentionWrapper):
            raise TypeError("tf1.dynamic_decode takes a tf1.AttentionWrapper")
        self.cell, self._imputes = cell, impute_finished

    def __call__(self, inputs: Any, memory: Any = None, **others: Any) -> Any:
        """Call it with the memory as ``memory``."""
        if memory is None:
            raise ValueError("it is called with inputs and memory")
        self._memory_size = int(memory.shape[-1])
        return super().__call__(inputs, memory=memory, **others)

    def make(self, size: int, dtype: Any) -> int:
        """Make the variables of the wrapper and of what it wraps."""
        self.cell.make_with(size, self._memory_size, dtype)
        return int(self.cell.output_size)

    def sizes(self) -> tuple[list[int], list[int]]:
        """Those of the wrapper."""
        return [self.cell.output_size], tf.nest.flatten(self.cell.state_size)

    def call(
        self, inputs: Any, memory: Any = None, sequence_length: Any = None,
        memory_sequence_length: Any = None, initial_state: Any = None,
    ) -> Any:  # fmt: skip
        """Run the decoder over the inputs."""
        cell = self.cell.attending(memory, memory_sequence_length)
        start = cell.start(inputs)
        if initial_state is not None:
            start = (tf.nest.flatten(initial_state), start[1])
        if sequence_length is not None:
            inputs = inputs[:, : tf.reduce_max(sequence_length)]
        lengths = sequence_length if self._imputes else None
        outputs, states = over_time(cell, inputs, lengths, start)
        return [outputs, *states]

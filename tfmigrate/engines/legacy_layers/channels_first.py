"""Layers with their channels first that compute with channels last."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras

from tfmigrate.engines.legacy_layers import deconvolution, theano
from tfmigrate.engines.legacy_layers.shapes import inside, is_inside
from tfmigrate.engines.upgrades.channels_first import LAYERS as NAMES


def channels_first(base: type, spatial: int) -> type:
    """A layer of ``spatial`` dimensions, built with channels last, for tensors with them first.

    TensorFlow removes the transposes between two such layers when it optimises the graph.
    """

    class ChannelsFirst(base):
        def build(self, input_shape: Any) -> None:
            with inside(self):
                super().build(_last(tf.TensorShape(input_shape), spatial))
            self.input_spec = None  # it describes channels last

        def compute_output_shape(self, input_shape: Any) -> Any:
            if is_inside(self):
                return super().compute_output_shape(input_shape)
            shape = super().compute_output_shape(_last(tf.TensorShape(input_shape), spatial))
            return tf.nest.map_structure(lambda s: _first(tf.TensorShape(s), spatial), shape)

    return (
        _recurrent(ChannelsFirst, spatial)
        if "LSTM" in base.__name__
        else _plain(ChannelsFirst, spatial, base.__name__)
    )


def _plain(built: type, spatial: int, name: str) -> type:
    class Plain(built):
        def call(self, inputs: Any) -> Any:
            with inside(self):
                answer = super().call(_to_last(inputs, spatial))
            return _to_first(answer, spatial)

    Plain.__name__ = name
    return Plain


def _recurrent(built: type, spatial: int) -> type:
    class Recurrent(built):
        def call(
            self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
        ) -> Any:
            states = initial_state and [_to_last(s, spatial) for s in initial_state]
            with inside(self):
                answer = super().call(_to_last(inputs, spatial), mask, training, states)
            return tf.nest.map_structure(lambda t: _to_first(t, spatial), answer)

    Recurrent.__name__ = built.__mro__[1].__name__
    return Recurrent


def _order(rank: int, spatial: int, to_last: bool) -> list[int]:
    """The order of the axes after the move; the channels lie before the spatial axes or last."""
    axes = list(range(rank))
    before = rank - spatial - 1
    axes.insert(rank - 1 if to_last else before, axes.pop(before if to_last else rank - 1))
    return axes


def _to_last(tensor: Any, spatial: int) -> Any:
    return tf.transpose(tensor, _order(tensor.shape.rank, spatial, True))


def _to_first(tensor: Any, spatial: int) -> Any:
    return tf.transpose(tensor, _order(tensor.shape.rank, spatial, False))


def _last(shape: Any, spatial: int) -> Any:
    return tf.TensorShape([shape[i] for i in _order(shape.rank, spatial, True)])


def _first(shape: Any, spatial: int) -> Any:
    return tf.TensorShape([shape[i] for i in _order(shape.rank, spatial, False)])


_BASES = {
    **{n: getattr(tf_keras.layers, n) for n in NAMES if hasattr(tf_keras.layers, n)},
    **deconvolution.LAYERS,
    **theano.LAYERS,
}
LAYERS = {
    f"ChannelsFirst{name}": channels_first(base, next(n for n in (1, 2, 3) if f"{n}D" in name))
    for name, base in _BASES.items()
}

"""Layers that treated masks, or tensors of many axes, in another way than today's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import tensorflow as tf
import tf_keras

from tfmigrate.engines.upgrades.tensorflow_of import HELP
from tfmigrate.errors import NotSupported

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _as_it_is(method: _Method) -> _Method:
    """So that a refusal reaches the user as it is, not as AutoGraph's."""
    made: _Method = tf.autograph.experimental.do_not_convert(method)
    return made


def _undecided(layer: Any, between: str) -> NoReturn:
    raise NotSupported(
        f"the file does not say which TensorFlow wrote it, and {between}",
        where=layer.name, help=HELP,
    )  # fmt: skip


class LegacyBidirectional(tf_keras.layers.Bidirectional):
    """Bidirectional whose layers repeat, at masked steps, the answer before them.

    ``zeroed`` says which layer gives zeros there instead: ``never`` one, ``forward`` (TensorFlow
    1.13), or "" where the file leaves it open.
    """

    def __init__(self, layer: Any, zeroed: str = "never", **base: Any) -> None:
        super().__init__(layer, **base)
        self._zeroed = zeroed
        if zeroed:
            self.forward_layer.zero_output_for_mask = zeroed == "forward"
            self.backward_layer.zero_output_for_mask = False

    @_as_it_is
    def call(self, inputs: Any, training: Any = None, mask: Any = None, **given: Any) -> Any:
        """What the wrapped layer takes and gives."""
        if not self._zeroed and mask is not None:
            _undecided(self, "Bidirectional layers of 1.13 answered otherwise under a mask")
        return super().call(inputs, training=training, mask=mask, **given)


class UnmaskedSoftmax(tf_keras.layers.Softmax):
    """A Softmax that passes its mask on and does not look at it."""

    def __init__(self, decided: bool = True, **base: Any) -> None:
        super().__init__(**base)
        self._decided = decided

    @_as_it_is
    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        """Shape in = shape out."""
        if mask is not None and not self._decided:
            _undecided(self, "Softmax layers of 2.3 and of 2.4 treat a mask differently")
        return super().call(inputs)


class MatrixDot(tf_keras.layers.Dot):
    """Dot as ``K.batch_dot`` of the day: above rank 3 a matrix product over the last two axes."""

    def __init__(self, decided: bool = True, **base: Any) -> None:
        super().__init__(**base)
        self._decided = decided

    @_as_it_is
    def _merge_function(self, inputs: Any) -> Any:
        ranks = [t.shape.rank for t in inputs]
        if max(ranks) <= 3:
            return super()._merge_function(inputs)
        if not self._decided:
            _undecided(self, "Dot layers of 1.15 and of 2.0 differ for tensors of rank 4 and more")
        axes = [self.axes] * 2 if isinstance(self.axes, int) else list(self.axes)
        axes = [axis % rank for axis, rank in zip(axes, ranks, strict=True)]
        if self.normalize:
            inputs = [tf.linalg.l2_normalize(t, a) for t, a in zip(inputs, axes, strict=True)]
        return _product(inputs[0], inputs[1], axes)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Of the product that it really is."""
        shapes = [tf.TensorShape(s) for s in input_shape]
        if max(s.rank for s in shapes) <= 3:
            return super().compute_output_shape(input_shape)
        with tf.Graph().as_default():
            inputs = [tf.compat.v1.placeholder("float32", s) for s in shapes]
            return self._merge_function(inputs).shape


def _product(left: Any, right: Any, axes: list[int]) -> Any:
    """The shorter tensor gets axes of 1 at its end, which the answer loses again."""
    ranks = left.shape.rank, right.shape.rank
    spare = abs(ranks[0] - ranks[1])
    for _ in range(spare):
        if ranks[0] > ranks[1]:
            right = tf.expand_dims(right, -1)
        else:
            left = tf.expand_dims(left, -1)
    rank = max(ranks)
    found = tf.matmul(left, right, transpose_a=axes[0] != rank - 1, transpose_b=axes[1] == rank - 1)
    first = ranks[0] + ranks[1] - 3 if ranks[0] > ranks[1] else ranks[0] - 1
    return tf.squeeze(found, list(range(first, first + spare))) if spare else found


class UndecidedUpSampling2D(tf_keras.layers.UpSampling2D):
    """Bilinear upsampling of TensorFlow 1.13 to 2.1, which changed it in between."""

    @_as_it_is
    def call(self, inputs: Any, training: Any = None) -> Any:
        """Refuse."""
        _undecided(self, "bilinear UpSampling2D of 1.14 and of 1.15 differ by half a pixel")


LAYERS = {
    layer.__name__: layer
    for layer in (LegacyBidirectional, UnmaskedSoftmax, MatrixDot, UndecidedUpSampling2D)
}
# `.keras` files name groups after the class: it must be the one of the day.
for _layer in LAYERS.values():
    _layer.__name__ = _layer.__mro__[1].__name__

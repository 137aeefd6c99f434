"""Batch and layer normalisation as older Kerases computed them."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras

Base: Any = tf_keras.layers.BatchNormalization


class PlainBatchNormalization(Base):
    """Batch normalisation without the fused kernel.

    The fused one raises an epsilon below 1.001e-5 to it (``tf.nn.fused_batch_norm``), which Keras 1
    did not; and with its channels first it has no kernel for CPUs.
    """

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        super().build(input_shape)
        self.fused = False


class SampleNormalization(Base):
    """Keras 1's ``mode=1``: each sample by itself over its last axis.

    The epsilon counts twice: under the root, and once more beside it. Up to 1.0.5 it did not count
    under the root; ``twice`` says so.
    """

    def __init__(self, twice: bool = True, **base: Any) -> None:
        super().__init__(**base)
        self.inner = self.epsilon if twice else 0.0

    def call(self, inputs: Any, training: Any = None) -> Any:
        """Normalise the last axis; the stored statistics play no part."""
        mean = tf.reduce_mean(inputs, -1, keepdims=True)
        variance = tf.reduce_mean(tf.square(inputs - mean), -1, keepdims=True)
        deviation = tf.sqrt(variance + self.inner)
        return self.gamma * (inputs - mean) / (deviation + self.epsilon) + self.beta


class BatchStatisticsNormalization(Base):
    """Keras 1's ``mode=2``: the statistics of the batch, at inference as in training."""

    def call(self, inputs: Any, training: Any = None) -> Any:
        """Normalise each feature of the axis over everything else."""
        (axis,) = self.axis
        others = [i for i in range(inputs.shape.rank) if i != axis]
        mean, variance = tf.nn.moments(inputs, others, keepdims=True)
        shape = [-1 if i == axis else 1 for i in range(inputs.shape.rank)]
        return tf.nn.batch_normalization(
            inputs,
            mean,
            variance,
            tf.reshape(self.beta, shape),
            tf.reshape(self.gamma, shape),
            self.epsilon,
        )


class SeparateLayerNormalization(tf_keras.layers.LayerNormalization):
    """LayerNormalization over several axes, which TensorFlow with oneDNN fuses wrongly."""

    def call(self, inputs: Any) -> Any:
        """Normalise over all axes at once, in single steps."""
        if len(self.axis) == 1:
            return super().call(inputs)
        mean, variance = tf.nn.moments(inputs, self.axis, keepdims=True)
        shape = [inputs.shape[i] if i in self.axis else 1 for i in range(inputs.shape.rank)]
        result = (inputs - mean) / tf.sqrt(variance + self.epsilon)
        if self.gamma is not None:
            result *= tf.reshape(self.gamma, shape)
        return result if self.beta is None else result + tf.reshape(self.beta, shape)


LAYERS = {
    layer.__name__: layer
    for layer in (
        PlainBatchNormalization, SampleNormalization, BatchStatisticsNormalization,
        SeparateLayerNormalization,
    )
}  # fmt: skip
# `.keras` files name groups after the class: it must be the one of the day.
for _layer in LAYERS.values():
    _layer.__name__ = _layer.__mro__[1].__name__

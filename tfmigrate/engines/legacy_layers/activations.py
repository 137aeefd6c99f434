"""Activation layers that Keras 1 had and Keras 2 dropped."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras


class _Shared(tf_keras.layers.Layer):
    """Weights of the input's shape, 1 along the axes that share them."""

    def __init__(self, shared_axes: Any = None, **base: Any) -> None:
        super().__init__(**base)
        axes = shared_axes if isinstance(shared_axes, list | tuple) else [shared_axes]
        self.shared_axes = [a for a in axes if a is not None]
        self.supports_masking = True

    def _weights(self, input_shape: Any, *names: str) -> list[Any]:
        shape = [int(n) for n in input_shape[1:]]
        for axis in self.shared_axes:
            shape[axis - 1] = 1
        return [self.add_weight(name, shape) for name in names]


class SReLU(_Shared):
    """Three linear pieces with learnt thresholds and slopes.

    Source: ``SReLU.call`` of Keras 0.3 to 1.2, and ``K.relu`` with a slope and a largest value:
    Theano's applies the largest value to the left piece as well.
    """

    def __init__(self, backend: str = "tensorflow", **base: Any) -> None:
        super().__init__(**base)
        self.backend = backend

    def build(self, input_shape: Any) -> None:
        """Weights: t_left, a_left, t_right, a_right of the input's shape."""
        names = ("t_left", "a_left", "t_right", "a_right")
        self.t_left, self.a_left, self.t_right, self.a_right = self._weights(input_shape, *names)

    def call(self, inputs: Any) -> Any:
        """Shape in = shape out."""
        width = tf.abs(self.t_right)
        shifted = inputs - self.t_left
        left = self.a_left * shifted
        if self.backend == "theano":
            left = tf.minimum(left, width)
        centre = tf.where(shifted > 0, tf.minimum(shifted, width), left)
        return self.t_left + centre + tf.nn.relu(shifted - width) * self.a_right


class ParametricSoftplus(_Shared):
    """A softplus with learnt scale and sharpness."""

    def build(self, input_shape: Any) -> None:
        """Weights: alphas and betas of the input's shape."""
        self.alphas, self.betas = self._weights(input_shape, "alphas", "betas")

    def call(self, inputs: Any) -> Any:
        """Shape in = shape out."""
        return tf.nn.softplus(self.betas * inputs) * self.alphas


LAYERS = {"SReLU": SReLU, "ParametricSoftplus": ParametricSoftplus}

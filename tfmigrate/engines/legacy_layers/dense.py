"""Dense layers that Keras 1 had and Keras 2 dropped (formulas: ``keras/layers/core.py`` 1.2.2)."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras


class MaxoutDense(tf_keras.layers.Layer):
    """The largest of several linear layers, feature by feature."""

    def __init__(self, units: int, nb_feature: int = 4, use_bias: bool = True, **base: Any) -> None:
        super().__init__(**base)
        self.units, self.features, self.use_bias = units, nb_feature, use_bias

    def build(self, input_shape: Any) -> None:
        """Weights: kernel (features, inputs, units), bias (features, units)."""
        shape = (self.features, int(input_shape[-1]), self.units)
        self.kernel = self.add_weight("kernel", shape)
        self.bias = self.add_weight("bias", (shape[0], shape[2])) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """From (batch, inputs) to (batch, units)."""
        values = tf.einsum("bi,kio->bko", inputs, self.kernel)
        return tf.reduce_max(values if self.bias is None else values + self.bias, axis=1)


class Highway(tf_keras.layers.Layer):
    """A gate between a layer's transformation and its input as it is."""

    def __init__(self, activation: Any = "linear", use_bias: bool = True, **base: Any) -> None:
        super().__init__(**base)
        self.activation, self.use_bias = tf_keras.activations.get(activation), use_bias

    def build(self, input_shape: Any) -> None:
        """Weights: kernel and carry_kernel (n, n), bias and carry_bias (n)."""
        size = int(input_shape[-1])
        self.kernel = self.add_weight("kernel", (size, size))
        self.carry_kernel = self.add_weight("carry_kernel", (size, size))
        self.bias = self.add_weight("bias", (size,)) if self.use_bias else 0.0
        self.carry_bias = self.add_weight("carry_bias", (size,)) if self.use_bias else 0.0

    def call(self, inputs: Any) -> Any:
        """Shape in = shape out, (batch, n)."""
        gate = tf.sigmoid(inputs @ self.carry_kernel + self.carry_bias)
        changed = self.activation(inputs @ self.kernel + self.bias)
        return gate * changed + (1.0 - gate) * inputs


LAYERS = {"MaxoutDense": MaxoutDense, "Highway": Highway}

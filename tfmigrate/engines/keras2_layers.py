"""Layers that Keras 2 had and tf_keras has not, or has with another meaning."""

from __future__ import annotations

from typing import Any


def custom_objects() -> dict[str, Any]:
    """The layers of this file by the class name that the config upgrades give them."""
    import tensorflow as tf
    import tf_keras

    class LegacyBilinearUpSampling2D(tf_keras.layers.UpSampling2D):  # type: ignore[misc]
        """Bilinear upsampling as TensorFlow 1's op does it: corners not aligned, no half pixels."""

        def call(self, inputs: Any) -> Any:
            rows, columns = self.size
            shape = tf.shape(inputs)
            return tf.compat.v1.image.resize_bilinear(
                inputs,
                [shape[1] * rows, shape[2] * columns],
                align_corners=False,
                half_pixel_centers=False,
            )

    class SeparateLayerNormalization(tf_keras.layers.LayerNormalization):  # type: ignore[misc]
        """LayerNormalization over several axes, which TensorFlow with oneDNN fuses wrongly."""

        def call(self, inputs: Any) -> Any:
            if len(self.axis) == 1:
                return super().call(inputs)
            mean, variance = tf.nn.moments(inputs, self.axis, keepdims=True)
            shape = [inputs.shape[i] if i in self.axis else 1 for i in range(inputs.shape.rank)]
            result = (inputs - mean) / tf.sqrt(variance + self.epsilon)
            if self.gamma is not None:
                result *= tf.reshape(self.gamma, shape)
            return result if self.beta is None else result + tf.reshape(self.beta, shape)

    made = (LegacyBilinearUpSampling2D, SeparateLayerNormalization)
    objects = {layer.__name__: layer for layer in made}
    for layer in made:  # `.keras` files name groups after the class: it must be the one of the day
        layer.__name__ = layer.__mro__[1].__name__
    return objects

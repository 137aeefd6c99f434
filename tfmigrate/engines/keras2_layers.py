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

    return {"LegacyBilinearUpSampling2D": LegacyBilinearUpSampling2D}

"""Upsampling as the TensorFlow of the day did it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras


class LegacyBilinearUpSampling2D(tf_keras.layers.UpSampling2D):
    """Bilinear upsampling as TensorFlow 1's op does it: corners not aligned, no half pixels."""

    def call(self, inputs: Any) -> Any:
        """Resize (batch, rows, columns, channels)."""
        first = self.data_format == "channels_first"
        images = tf.transpose(inputs, [0, 2, 3, 1]) if first else inputs
        shape = tf.shape(images)
        result = tf.compat.v1.image.resize_bilinear(
            images,
            [shape[1] * self.size[0], shape[2] * self.size[1]],
            align_corners=False,
            half_pixel_centers=False,
        )
        return tf.transpose(result, [0, 3, 1, 2]) if first else result


LAYERS = {"LegacyBilinearUpSampling2D": LegacyBilinearUpSampling2D}
# `.keras` files name groups after the class: it must be the one of the day.
LegacyBilinearUpSampling2D.__name__ = "UpSampling2D"

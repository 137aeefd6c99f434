"""Resizing images as the author's TensorFlow did it, which moved the pixels by half of one.

Source: ``K.resize_images`` of keras 2.3.1 and TensorFlow 1.14 calls the op of TensorFlow 1, that
of TensorFlow 1.15 has half-pixel centres; ``tf.image.resize`` has them in TensorFlow 2 alone.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras

from tfmigrate.errors import NotSupported
from tfmigrate.trusted.era import Era
from tfmigrate.trusted.views import View


def backend(era: Era) -> dict[str, Any]:
    """What ``K.resize_images`` was, where it was not today's.

    Args:
        era: When the code was written.
    """
    if not era.inside:
        return {"resize_images": _of_tensorflow_1}
    return {"resize_images": _nearest_only} if era.version == (2, 2) else {}


def images(name: str, found: Any, era: Era) -> Any:
    """``tf.image`` for code of tf.keras 2.2.4, which may be of TensorFlow 1 or 2.

    Args:
        name: The name of a part of TensorFlow.
        found: What it is today.
        era: When the code was written.
    """
    if name != "image" or not era.inside or era.version != (2, 2):
        return found
    return View("tensorflow.image", dict.fromkeys(("resize", "resize_with_pad"), _open), (found,))


def _open(*_: Any, **__: Any) -> Any:
    raise NotSupported(
        "tf.image.resize means one thing in TensorFlow 1 and another in 2, and the file"
        " (2.2.4-tf) may be of either",
        help="write tf.compat.v1.image.resize or tf.compat.v2.image.resize in the file you trust",
    )


def _nearest_only(
    x: Any, height_factor: int, width_factor: int, data_format: str, interpolation: str = "nearest"
) -> Any:
    if interpolation != "nearest":
        raise NotSupported(
            "K.resize_images is bilinear in two ways, in TensorFlow 1.14 and since 1.15, and the"
            " file (2.2.4-tf) may be of either",
            help="write the ops of tf.compat.v1.image or tf.compat.v2.image in the file you trust",
        )
    return tf_keras.backend.resize_images(
        x, height_factor, width_factor, data_format, interpolation
    )


def _of_tensorflow_1(
    x: Any, height_factor: int, width_factor: int, data_format: str, interpolation: str = "nearest"
) -> Any:
    if interpolation != "bilinear":
        return tf_keras.backend.resize_images(
            x, height_factor, width_factor, data_format, interpolation
        )
    first = data_format == "channels_first"
    pixels = tf.transpose(x, [0, 2, 3, 1]) if first else x
    size = tf.shape(pixels)[1:3] * [height_factor, width_factor]
    found = tf.compat.v1.image.resize_bilinear(pixels, size)
    return tf.transpose(found, [0, 3, 1, 2]) if first else found

"""Encoded images become pixels.

JPEG is decoded with the accurate integer transform: TensorFlow's own default is a fast one that
differs by up to 12 of 255 (measured, 2.21), also in ``decode_image`` and ``decode_png``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfmigrate.processing import pictures
from tfmigrate.processing.step import Args, Array, Misfit, Step, as_bytes, said, sized, typed
from tfmigrate.tensors import TensorSpec


def _decoded(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, ("string",), "encoded images: dtype: string")
    if len(spec.shape) != 1:
        raise Misfit(
            "takes one encoded image a sample",
            found=f"the shape {said(spec.shape)}",
            expected="[batch]",
        )
    return sized(spec, None, None, args["channels"], dtype="uint8")


def _decode(tensor: Any, args: Args, held: Any) -> Any:
    """The pixels of a batch of one; longer batches go one by one."""
    import tensorflow as tf

    data, channels = tf.reshape(tensor, []), args["channels"]

    def jpeg() -> Any:
        return tf.io.decode_jpeg(data, channels, dct_method="INTEGER_ACCURATE")

    def other() -> Any:
        if args["image"] == "png":
            return tf.io.decode_png(data, channels)
        return tf.io.decode_image(data, channels, expand_animations=False)

    if args["image"] == "jpeg":
        found = jpeg()
    elif args["image"] == "png":
        found = other()
    else:
        found = tf.cond(tf.io.is_jpeg(data), jpeg, other)
    return tf.ensure_shape(found, [None, None, channels])[tf.newaxis]


def _decode_plain(array: Array, args: Args) -> Array:
    (data,) = as_bytes(array)
    return np.asarray(pictures.decoded(data, args["channels"]))[np.newaxis]


DECODE = Step(_decoded, _decode, _decode_plain, varies=True)

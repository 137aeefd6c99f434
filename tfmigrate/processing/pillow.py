"""Resizing as Pillow does it, bit for bit: uint8 in and out, the width first, then the height.

From Pillow's definition (``Resample.c``): each filter widened where an image shrinks, its weights
as whole numbers of 22 bits, and a result that is rounded and clipped after each of the two. Sums
of such numbers are exact in float64, in any order; so the graph gives what Pillow gives.
This is Pillow up to 12.3; 13.0 starts with the height where that is less work, which makes some
pixels differ by 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfmigrate.processing.resampling import FILTERS
from tfmigrate.processing.step import Array

_BITS = 22


def resized(images: Any, size: Any, method: str) -> Any:
    """Images of uint8 at another size, by ops of TensorFlow; ``size`` is a tensor of int32."""
    import tensorflow as tf

    lengths = tf.shape(images)[1:3]
    if method == "nearest":
        rows, columns = (_nearest(lengths[i], size[i]) for i in (0, 1))
        return tf.gather(tf.gather(images, rows, axis=1), columns, axis=2)
    down, across = (_weights(lengths[i], size[i], method) for i in (0, 1))
    turned = _line(tf.transpose(images, [0, 2, 1, 3]), across)
    return _line(tf.transpose(turned, [0, 2, 1, 3]), down)


def _line(images: Any, weights: Any) -> Any:
    """Images with their second dimension resized."""
    import tensorflow as tf

    batch, length, other, channels = tf.unstack(tf.shape(images))
    flat = tf.reshape(tf.cast(images, tf.float64), [batch, length, other * channels])
    found = tf.floor((tf.matmul(weights, flat) + 2.0 ** (_BITS - 1)) * 2.0**-_BITS)
    found = tf.cast(tf.clip_by_value(found, 0.0, 255.0), images.dtype)
    found = tf.reshape(found, [batch, tf.shape(weights)[0], other, channels])
    return tf.ensure_shape(found, [None, None, None, images.shape[3]])


def _weights(length: Any, size: Any, method: str) -> Any:
    import tensorflow as tf

    _, reach = FILTERS[method]
    step = tf.cast(length, tf.float64) / tf.cast(size, tf.float64)
    wide = tf.maximum(step, 1.0)
    centre = (tf.cast(tf.range(size), tf.float64) + 0.5) * step
    away = tf.cast(tf.range(length), tf.float64) - centre[:, tf.newaxis] + 0.5
    found = _filter(tf.abs(away * (1.0 / wide)), method, reach)
    share = found / tf.reduce_sum(found, 1, keepdims=True) * 2.0**_BITS
    return tf.sign(share) * tf.floor(tf.abs(share) + 0.5)


def _filter(x: Any, method: str, reach: float) -> Any:
    import tensorflow as tf

    if method == "bilinear":
        return tf.maximum(1.0 - x, 0.0)
    if method == "bicubic":
        near, far = (1.5 * x - 2.5) * x * x + 1.0, ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
        return tf.where(x < 1.0, near, tf.where(x < 2.0, far, tf.zeros_like(x)))
    turn = tf.where(tf.equal(x, 0.0), tf.ones_like(x), x * np.pi)
    sinc = tf.sin(turn) / turn * (tf.sin(turn / reach) / (turn / reach))
    found = tf.where(tf.equal(x, 0.0), tf.ones_like(x), sinc)
    return tf.where(x < reach, found, tf.zeros_like(x))


def _nearest(length: Any, size: Any) -> Any:
    """Pillow adds up the step for each pixel, and so do we: where it rounds decides."""
    import tensorflow as tf

    step = tf.cast(length, tf.float64) / tf.cast(size, tf.float64)
    steps = tf.concat([[step * 0.5], tf.fill([size - 1], step)], axis=0)
    return tf.cast(tf.floor(tf.cumsum(steps)), tf.int32)


def resized_plain(images: Array, size: tuple[int, int], method: str) -> Array:
    """The same in NumPy, in whole numbers."""
    found = images
    for axis in (2, 1):
        length, wanted = images.shape[axis], size[axis - 1]
        if method == "nearest":
            step = length / wanted
            places = np.cumsum([step * 0.5] + [step] * (wanted - 1))
            found = found.take(places.astype(int), axis)
            continue
        whole = _weights_plain(length, wanted, method)
        sums = np.moveaxis(np.tensordot(whole, found.astype(np.int64), (1, axis)), 0, axis)
        found = np.clip((sums + (1 << (_BITS - 1))) >> _BITS, 0, 255).astype(np.uint8)
    return found


def _weights_plain(length: int, size: int, method: str) -> Array:
    kernel, _ = FILTERS[method]
    step = length / size
    centre = (np.arange(size) + 0.5) * step
    away = np.abs(np.arange(length) - centre[:, None] + 0.5) / max(step, 1.0)
    found = kernel(away)
    share = found / found.sum(1, keepdims=True) * (1 << _BITS)
    return np.asarray(np.where(share < 0, share - 0.5, share + 0.5), np.int64)

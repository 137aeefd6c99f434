"""The middle of images, and images in the middle of a margin: crop, pad_image."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfmigrate.processing.step import Args, Array, Misfit, Step, images, sized
from tfmigrate.tensors import TensorSpec


def _left_of(length: int | None, fraction: float) -> int | None:
    """What a fraction leaves off at either end, as ``tf.image.central_crop`` has it."""
    return None if length is None else int((length - length * fraction) / 2)


def _cropped(spec: TensorSpec, args: Args) -> TensorSpec:
    images(spec)
    lengths, channels = spec.shape[1:3], spec.shape[3]
    if args["size"] is None:
        off = [_left_of(n, args["fraction"]) for n in lengths]
        return sized(spec, *_less(lengths, off), channels)
    for has, wants in zip(lengths, args["size"], strict=True):
        if has is not None and has < wants:
            raise Misfit("the images are smaller than that", found=str(has), expected=str(wants))
    return sized(spec, *args["size"], channels)


def _less(lengths: Any, off: Any) -> list[int | None]:
    return [None if n is None else n - 2 * o for n, o in zip(lengths, off, strict=True)]


def _crop(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    batch, lengths, channels = tf.shape(tensor)[0], tf.shape(tensor)[1:3], tensor.shape[3]
    if args["size"] is None:
        whole = tf.cast(lengths, tf.float64)
        off = tf.cast((whole - whole * args["fraction"]) / 2, tf.int32)
        size = lengths - 2 * off
    else:
        size = tf.constant(args["size"], tf.int32)
        off = (lengths - size) // 2
    # A slice that starts below 0 is an error, so that small images do not pass.
    found = tf.slice(tensor, [0, off[0], off[1], 0], [batch, size[0], size[1], channels])
    return tf.ensure_shape(found, [None, *(args["size"] or (None, None)), channels])


def _crop_plain(array: Array, args: Args) -> Array:
    height, width = array.shape[1:3]
    if args["size"] is None:
        top, left = (int((n - n * args["fraction"]) / 2) for n in (height, width))
        return array[:, top : height - top, left : width - left]
    (high, wide) = args["size"]
    if height < high or width < wide:
        raise Misfit("the image is smaller than the crop", found=f"{height} x {width}")
    top, left = (height - high) // 2, (width - wide) // 2
    return array[:, top : top + high, left : left + wide]


CROP = Step(_cropped, _crop, _crop_plain)


def _padded(spec: TensorSpec, args: Args) -> TensorSpec:
    images(spec)
    for has, wants in zip(spec.shape[1:3], args["size"], strict=True):
        if has is not None and has > wants:
            raise Misfit("the images are larger than that", found=str(has), expected=str(wants))
    return sized(spec, *args["size"], spec.shape[3])


def centred(tensor: Any, size: Any, value: float) -> Any:
    """Images in the middle of larger ones; what is left over is at the bottom and right."""
    import tensorflow as tf

    room = tf.constant(list(size), tf.int32) - tf.shape(tensor)[1:3]
    before = room // 2
    margins = tf.stack([before, room - before], axis=1)
    found = tf.pad(
        tensor, tf.pad(margins, [[1, 1], [0, 0]]), constant_values=tf.cast(value, tensor.dtype)
    )
    return tf.ensure_shape(found, [None, *size, tensor.shape[3]])


def centred_plain(array: Array, size: Any, value: float) -> Array:
    """The same in NumPy."""
    height, width = array.shape[1:3]
    if height > size[0] or width > size[1]:
        raise Misfit("the image is larger than the frame", found=f"{height} x {width}")
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    found = np.full((len(array), *size, array.shape[3]), value, array.dtype)
    found[:, top : top + height, left : left + width] = array
    return found


PAD_IMAGE = Step(
    _padded,
    lambda tensor, args, held: centred(tensor, args["size"], args["value"]),
    lambda array, args: centred_plain(array, args["size"], args["value"]),
)

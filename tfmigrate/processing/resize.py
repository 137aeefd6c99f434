"""Images get another height and width, as ``tf.image.resize`` or as Pillow defines it.

``centers`` says where pixels lie: half_pixel is TensorFlow 2 (and Pillow), legacy and
align_corners are ``tf.image.resize_images`` of TensorFlow 1, in which old models were trained.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfmigrate.processing import pillow
from tfmigrate.processing.frames import centred, centred_plain
from tfmigrate.processing.resampling import weights
from tfmigrate.processing.step import Args, Array, Step, images, sized, typed
from tfmigrate.tensors import TensorSpec

_OPS = {
    "nearest": "ResizeNearestNeighbor",
    "bilinear": "ResizeBilinear",
    "bicubic": "ResizeBicubic",
}
_KERNELS = {"bilinear": "triangle", "bicubic": "keyscubic"}


def _resized(spec: TensorSpec, args: Args) -> TensorSpec:
    images(spec)
    if args["like"] == "pillow":
        typed(spec, ("uint8",), "uint8, as Pillow's images are")
    dtype = spec.dtype if args["method"] == "nearest" or args["like"] == "pillow" else "float32"
    height, width = spec.shape[1:3]
    size: list[int | None] = list(args["size"])
    if args["keep_aspect"] == "shorter_side":
        known = height is not None and width is not None
        size = list(_kept(height, width, args)) if known else [None, None]
    return sized(spec, *size, spec.shape[3], dtype=dtype)


def _kept(height: Any, width: Any, args: Args) -> tuple[Any, Any]:
    """The size of an image that keeps its proportions; whole numbers, rounded down."""
    high, wide = args["size"]
    if args["keep_aspect"] == "shorter_side":
        least = min(height, width)
        return height * high // least, width * wide // least
    if height * wide > width * high:
        return high, max(1, width * high // height)
    return max(1, height * wide // width), wide


def _kept_graph(lengths: Any, args: Args) -> Any:
    import tensorflow as tf

    side = tf.constant(args["size"], tf.int64)
    lengths = tf.cast(lengths, tf.int64)
    if args["keep_aspect"] == "shorter_side":
        found = lengths * side // tf.reduce_min(lengths)
    else:
        # The side that is reached first decides: compare h * W with w * H.
        reach = lengths * side[::-1]
        found = tf.maximum(tf.minimum(side, reach // lengths[::-1]), tf.ones_like(side))
    return tf.cast(found, tf.int32)


def _resize(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    keep = args["keep_aspect"]
    size = tf.constant(args["size"], tf.int32)
    if keep != "none":
        size = _kept_graph(tf.shape(tensor)[1:3], args)
    if args["like"] == "pillow":
        found = pillow.resized(tensor, size, args["method"])
    else:
        found = _method(tensor, size, args)
    if keep == "pad":
        return centred(found, args["size"], args["value"])
    return found if keep != "none" else tf.ensure_shape(found, [None, *args["size"], None])


def _method(tensor: Any, size: Any, args: Args) -> Any:
    import tensorflow as tf

    method = args["method"]
    if method == "area":
        return tf.raw_ops.ResizeArea(images=tensor, size=size)
    if method in _OPS and not args["antialias"]:
        return getattr(tf.raw_ops, _OPS[method])(
            images=tensor,
            size=size,
            align_corners=args["centers"] == "align_corners",
            half_pixel_centers=args["centers"] == "half_pixel",
        )
    scale = tf.cast(size, tf.float32) / tf.cast(tf.shape(tensor)[1:3], tf.float32)
    return tf.raw_ops.ScaleAndTranslate(
        images=tensor, size=size, scale=scale, translation=[0.0, 0.0],
        kernel_type=_KERNELS.get(method, method), antialias=bool(args["antialias"]),
    )  # fmt: skip


def _resize_plain(array: Array, args: Args) -> Array:
    size = args["size"]
    if args["keep_aspect"] != "none":
        size = _kept(array.shape[1], array.shape[2], args)
    if args["like"] == "pillow":
        found = pillow.resized_plain(array, tuple(size), args["method"])
        return _framed(found, args)
    down, across = (weights(n, m, args) for n, m in zip(array.shape[1:3], size, strict=True))
    if args["method"] == "nearest":
        found = array[:, down.argmax(1)][:, :, across.argmax(1)]
    else:
        found = np.einsum("yh,bhwc->bywc", down, array.astype(np.float64), optimize=True)
        found = np.einsum("xw,bywc->byxc", across, found, optimize=True).astype(np.float32)
    return _framed(found, args)


def _framed(found: Array, args: Args) -> Array:
    if args["keep_aspect"] == "pad":
        return centred_plain(found, args["size"], args["value"])
    return found


RESIZE = Step(_resized, _resize, _resize_plain)

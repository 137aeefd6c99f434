"""Products, windows and images of the ops table, as their day meant them."""

from __future__ import annotations

from typing import Any

from tfmigrate.errors import NotSupported
from tfmigrate.expressions.implementations import tf
from tfmigrate.expressions.shapes import channels_first


def dot(x: Any, y: Any) -> Any:
    """Keras's dot: over the last axis of x and the last but one of y."""
    if len(x.shape) <= 2 and len(y.shape) <= 2:
        return tf().matmul(x, y)
    return tf().tensordot(x, y, [[len(x.shape) - 1], [max(len(y.shape) - 2, 0)]])


def einsum(operands: list[Any]) -> Any:
    return tf().einsum(*operands)


def _pair(axes: Any) -> tuple[int, int]:
    first, second = (axes, axes) if isinstance(axes, int) else axes
    return int(first), int(second)


def batch_dot_of_all(x: Any, y: Any, axes: Any) -> Any:
    """Where every Keras agrees: two tensors of rank 3, or of rank 2 over their last axis."""
    ranks = (len(x.shape), len(y.shape))
    pair = None if axes is None else _pair(axes)
    if (ranks == (3, 3) and (pair is None or set(pair) <= {1, 2})) or (
        ranks == (2, 2) and pair == (1, 1)
    ):
        return batch_dot(x, y, axes)
    raise NotSupported(
        "K.batch_dot of such ranks or axes meant different things over the years, and the file"
        " does not tell which version wrote it"
    )


def batch_dot_before_23(x: Any, y: Any, axes: Any) -> Any:
    """Keras 1.0 to 2.2 on TensorFlow: ranks are filled up on the right, then matmul.

    An axis that is not the last one means the transpose (keras 2.2.4 ``tensorflow_backend``).
    """
    library = tf()
    ranks = len(x.shape), len(y.shape)
    if axes is None and ranks[0] != ranks[1]:
        raise NotSupported("K.batch_dot without axes of tensors of two ranks differs by version")
    first, second = (ranks[0] - 1, ranks[1] - 2) if axes is None else _pair(axes)
    more = max(ranks)
    x, y = _widened(x, more), _widened(y, more)
    if more == 2:
        left = x if first == second else library.transpose(x)
        found = library.reduce_sum(left * y, first if first == second else second)
    else:
        found = library.matmul(x, y, adjoint_a=first != more - 1, adjoint_b=second == more - 1)
    if ranks[0] != ranks[1]:
        start = sum(ranks) - 3 if ranks[0] > ranks[1] else ranks[0] - 1
        found = library.squeeze(found, list(range(start, start + abs(ranks[0] - ranks[1]))))
    return library.expand_dims(found, 1) if len(found.shape) == 1 else found


def _widened(x: Any, rank: int) -> Any:
    for _ in range(rank - len(x.shape)):
        x = tf().expand_dims(x, -1)
    return x


def batch_dot(x: Any, y: Any, axes: Any) -> Any:
    """Keras 2.3 and tf.keras 2: any one axis of each, batch first (keras 2.3.1)."""
    library = tf()
    ranks = len(x.shape), len(y.shape)
    if axes is None:
        axes = (ranks[0] - 1, ranks[1] - 1 if ranks[1] == 2 else ranks[1] - 2)
    first, second = (a % r for a, r in zip(_pair(axes), ranks, strict=True))
    if 0 in (first, second) or min(ranks) < 2:
        raise NotSupported("K.batch_dot over the batch, or of a tensor without one")
    letters = "bcdefghijklm"
    left = ["a", *letters[: ranks[0] - 1]]
    right = ["a", *"nopqrstuvw"[: ranks[1] - 1]]
    left[first] = right[second] = "z"
    kept = [*left[:first], *left[first + 1 :], *right[1:second], *right[second + 1 :]]
    found = library.einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", x, y)
    return library.expand_dims(found, 1) if ranks == (2, 2) else found


def pool(spelled: str, x: Any, ksize: Any, strides: Any, padding: Any, data_format: Any) -> Any:
    """tf.nn.max_pool and avg_pool; channels first is turned, for no CPU has it."""
    library = tf()
    average = "avg_pool" in spelled
    op = library.nn.avg_pool if average else library.nn.max_pool
    if data_format not in ("NCHW", "NCW", "NCDHW"):
        return op(x, ksize, strides, padding)
    if not isinstance(ksize, int) and len(ksize) == 4:
        ksize, strides = ([v[i] for i in (0, 2, 3, 1)] for v in (ksize, strides))
    found = op(library.transpose(x, [0, 2, 3, 1]), ksize, strides, padding)
    return library.transpose(found, [0, 3, 1, 2])


def pool2d(
    x: Any, pool_size: Any, strides: Any, padding: Any, data_format: Any, pool_mode: Any,
    dialect: Any,
) -> Any:  # fmt: skip
    op = {"max": "tf.nn.max_pool", "avg": "tf.nn.avg_pool"}[pool_mode]
    order = "NCHW" if channels_first(data_format, dialect) else "NHWC"
    sizes = [[1, 1, *v] if order == "NCHW" else [1, *v, 1] for v in (pool_size, strides)]
    return pool(op, x, sizes[0], sizes[1], padding.upper(), order)


def space_to_depth(input: Any, block_size: Any, data_format: Any) -> Any:
    if data_format != "NHWC":
        raise NotSupported("tf.space_to_depth with channels first runs on GPUs only")
    return tf().nn.space_to_depth(input, block_size)


def depth_to_space(input: Any, block_size: Any, data_format: Any) -> Any:
    if data_format != "NHWC":
        raise NotSupported("tf.depth_to_space with channels first runs on GPUs only")
    return tf().nn.depth_to_space(input, block_size)


def depthwise_conv2d(input: Any, filter: Any, strides: Any, padding: Any) -> Any:
    return tf().nn.depthwise_conv2d(input, filter, strides, padding)


_METHODS = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}


def resize_tf1(
    images: Any, size: Any, method: Any, align_corners: Any, preserve_aspect_ratio: Any
) -> Any:
    """tf.image.resize_images of TensorFlow 1: no half-pixel centres."""
    image = tf().compat.v1.image
    if isinstance(method, int) and method not in _METHODS:
        raise NotSupported(f"tf.image.resize_images with method {method}")
    method = getattr(image.ResizeMethod, {"nearest": "NEAREST_NEIGHBOR"}.get(
        _METHODS.get(method, method), str(_METHODS.get(method, method)).upper()
    ))  # fmt: skip
    return image.resize_images(images, size, method, align_corners, preserve_aspect_ratio)


def resize_tf2(
    images: Any, size: Any, method: Any, preserve_aspect_ratio: Any, antialias: Any
) -> Any:
    """tf.image.resize of TensorFlow 2: half-pixel centres."""
    return tf().image.resize(images, size, method, preserve_aspect_ratio, antialias)


def resize_images_tf1(
    x: Any, height_factor: Any, width_factor: Any, data_format: Any, interpolation: Any
) -> Any:
    """K.resize_images of standalone Keras: the ops of TensorFlow 1."""
    image = tf().compat.v1.image
    ops = {"nearest": image.resize_nearest_neighbor, "bilinear": image.resize_bilinear}
    return _resized(x, (height_factor, width_factor), data_format, ops[interpolation])


def resize_images_tf2(
    x: Any, height_factor: Any, width_factor: Any, data_format: Any, interpolation: Any
) -> Any:
    """K.resize_images of tf.keras: half-pixel centres (tf.keras 1.15 and 2.8)."""

    def op(images: Any, size: Any) -> Any:
        return tf().image.resize(images, size, interpolation)

    return _resized(x, (height_factor, width_factor), data_format, op)


def resize_images_open(
    x: Any, height_factor: Any, width_factor: Any, data_format: Any, interpolation: Any
) -> Any:
    """K.resize_images of tf.keras 2.2.4: bilinear in two ways, in TensorFlow 1.14 and 1.15."""
    if interpolation != "nearest":
        raise NotSupported(
            "K.resize_images is bilinear in two ways, in TensorFlow 1.14 and since 1.15, and the"
            " file (2.2.4-tf) may be of either"
        )
    return resize_images_tf2(x, height_factor, width_factor, data_format, interpolation)


def _resized(x: Any, factors: tuple[int, int], data_format: Any, op: Any) -> Any:
    first = data_format in ("th", "channels_first")
    if first:
        x = tf().transpose(x, [0, 2, 3, 1])
    static = tuple(x.shape)[1:3]
    sizes = tf().shape(x)[1:3] if None in static else list(static)
    found = op(x, [size * factor for size, factor in zip(_two(sizes), factors, strict=True)])
    return tf().transpose(found, [0, 3, 1, 2]) if first else found


def _two(sizes: Any) -> tuple[Any, Any]:
    return sizes[0], sizes[1]

"""``keras.backend`` as it was before Keras 3, in inference mode.

Only workers import this module; it needs TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf
import tf_keras

from tfmigrate.errors import NotSupported
from tfmigrate.lazy import load
from tfmigrate.trusted import legacy_variables as variables
from tfmigrate.trusted import resizing
from tfmigrate.trusted.era import THEANO, Era

K = tf_keras.backend

_ORDERS = {"th": "channels_first", "tf": "channels_last", "default": None}
# Functions that took Keras 1's argument names; None where TensorFlow never used them.
_ARGUMENTS: dict[str, str | None] = {
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "subsample": "strides",
    "filter_dilation": "dilation_rate",
    "image_shape": None,
    "filter_shape": None,
    "volume_shape": None,
}
_RENAMED = ("conv1d", "conv2d", "conv3d", "deconv2d", "conv2d_transpose", "separable_conv2d",
            "pool2d", "pool3d", "resize_images", "resize_volumes", "spatial_2d_padding",
            "spatial_3d_padding", "bias_add")  # fmt: skip
_FLIPPED = ("conv1d", "conv2d", "conv3d", "deconv2d", "conv2d_transpose", "separable_conv2d",
            "pool2d", "pool3d", "depthwise_conv2d", "local_conv1d", "local_conv2d")  # fmt: skip


def names(era: Era, inside: bool) -> dict[str, Any]:
    """What the backend held that it has not now, or has with another meaning.

    Args:
        era: When the code was written.
        inside: Whether it is tf.keras's.
    """
    found = {**_INFERENCE, **_ordering(era), **resizing.backend(era)}
    if era.old_batch_dot:
        found["batch_dot"] = batch_dot if era.version != (2, 2) or not inside else _open_batch_dot
    if not inside:
        found |= _STANDALONE
        found |= {n: _renamed(found.get(n, getattr(K, n))) for n in _RENAMED if hasattr(K, n)}
        if era.theano:
            found |= dict.fromkeys(_FLIPPED, _refused)
        found["tf"] = load("tfmigrate.trusted.legacy_tensorflow:view")(
            era, load("tfmigrate.trusted.legacy_tensorflow:names")(era)
        )
    return found


def _refused(*_: Any, **__: Any) -> Any:
    raise NotImplementedError(THEANO)


def _renamed(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        named = [(_ARGUMENTS.get(k, k), v) for k, v in kwargs.items()]
        plain = {name: v for name, v in named if name is not None}
        if "data_format" in plain:
            order = str(plain.pop("data_format"))
            plain |= {"data_format": o} if (o := _ORDERS.get(order, order)) else {}
        args = tuple(_ORDERS.get(a, a) if isinstance(a, str) else a for a in args)
        return function(*args, **plain)

    return call


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Keras before 2.3: a matmul over the last two axes, every axis before them a batch.

    Since Keras 2.3 only the first axis is one, which gives four-dimensional tensors another
    result. Source: behaviour of keras 2.2.4 and of TensorFlow 1.15's Keras.
    """
    first, second = len(x.shape), len(y.shape)
    one, two = (axes, axes) if isinstance(axes, int) else axes or (first - 1, second - 2)
    if first == second == 2:
        found = tf.reduce_sum(
            x * y if one == two else tf.transpose(x) * y, two if one != two else one
        )
    else:
        rank = max(first, second)
        left = x[(..., *([None] * (rank - first)))]
        right = y[(..., *([None] * (rank - second)))]
        found = tf.matmul(left, right, adjoint_a=one != rank - 1, adjoint_b=two == rank - 1)
        start = first + second - 3 if first > second else first - 1
        if first != second:
            found = tf.squeeze(found, list(range(start, start + abs(first - second))))
    return found[:, None] if len(found.shape) == 1 else found


def _open_batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """tf.keras 2.2.4: TensorFlow 1 and 2 differ for tensors of more than three axes."""
    if max(len(x.shape), len(y.shape)) > 3:
        raise NotSupported(
            "K.batch_dot of tensors with four axes means one thing in TensorFlow 1 and another in"
            " 2, and the file (2.2.4-tf) may be of either",
            help="write tf.matmul or tf.einsum in the file you trust",
        )
    return batch_dot(x, y, axes)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """What the model does when it serves; in training only where the author insists on it."""
    chosen = x if training in (1, True) and training is not None else alt
    return chosen() if callable(chosen) else chosen


def _ordering(era: Era) -> dict[str, Any]:
    state = {"first": era.channels_first}

    def place(order: str) -> None:
        state["first"] = order in ("th", "channels_first")

    return {
        "image_dim_ordering": lambda: "th" if state["first"] else "tf",
        "image_data_format": lambda: "channels_first" if state["first"] else "channels_last",
        "set_image_dim_ordering": place,
        "set_image_data_format": place,
        "normalize_data_format": lambda v: v or ("channels_first" if state["first"] else
                                                 "channels_last"),
    }  # fmt: skip


# A served model is never in training, and its session is not the author's to change.
_INFERENCE: dict[str, Any] = {
    "learning_phase": lambda: 0,
    "set_learning_phase": lambda value: None,
    "in_train_phase": in_train_phase,
    "in_test_phase": lambda x, alt, training=None: in_train_phase(alt, x, training),
    "clear_session": lambda: None,
    "set_session": lambda session: None,
    "manual_variable_initialization": lambda value: None,
    "backend": lambda: "tensorflow",
    "_BACKEND": "tensorflow",
}

# Updates ran in training only; here they would run in every call.
_STANDALONE: dict[str, Any] = {
    "variable": variables.variable,
    "random_uniform_variable": lambda shape, low, high, dtype=None, name=None, seed=None: (
        variables.random(shape, dtype, name)
    ),
    "random_normal_variable": lambda shape, mean, scale, dtype=None, name=None, seed=None: (
        variables.random(shape, dtype, name)
    ),
    "zeros": lambda shape, dtype=None, name=None: variables.variable(
        tf.zeros(tuple(shape), dtype or K.floatx()), dtype, name
    ),
    "ones": lambda shape, dtype=None, name=None: variables.variable(
        tf.ones(tuple(shape), dtype or K.floatx()), dtype, name
    ),
    "update": lambda x, new_x: (x, new_x),
    "update_add": lambda x, increment: (x, increment),
    "update_sub": lambda x, decrement: (x, decrement),
    "moving_average_update": lambda x, value, momentum: (x, value),
    "lesser": K.less,
    "lesser_equal": K.less_equal,
    "pack": K.stack,
}

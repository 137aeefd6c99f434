"""Ops of the table that make, move, cut and join tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfmigrate.errors import NotSupported
from tfmigrate.expressions.implementations import image_data_format, tf


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor rather than a plain constant."""
    return hasattr(value, "dtype") and not isinstance(value, np.ndarray | np.generic)


def int_shape(x: Any) -> tuple[int | None, ...]:
    return tuple(x.shape)


def ndim(x: Any) -> int:
    return len(x.shape)


def dtype(x: Any) -> str:
    return str(getattr(x.dtype, "name", x.dtype))


def count_params(x: Any) -> int:
    return int(np.prod(tuple(x.shape)))


def shape(input: Any, out_type: Any = "int32") -> Any:
    return tf().shape(input, out_type=out_type)


def reshape(tensor: Any, shape: Any) -> Any:
    """A reshape; a free dimension of a static shape is -1, as Keras's own layers took it."""
    if isinstance(shape, int | np.integer):
        shape = [shape]
    if not is_tensor(shape):
        shape = list(shape)
        if any(d is None for d in shape):
            raise NotSupported("a reshape to an unknown size; the original would have failed")
        if any(isinstance(d, float) for d in shape):
            raise NotSupported("a reshape to a size that is no whole number")
    return tf().reshape(tensor, shape)


def flatten(tensor: Any) -> Any:
    return tf().reshape(tensor, [-1])


def batch_flatten(x: Any) -> Any:
    sizes = tuple(x.shape)[1:]
    if None not in sizes:
        return tf().reshape(x, [-1, int(np.prod(sizes))])
    return tf().reshape(x, tf().stack([-1, tf().reduce_prod(tf().shape(x)[1:])]))


def squeeze(input: Any, axis: Any) -> Any:
    return tf().squeeze(input, axis if isinstance(axis, list | tuple) else [axis])


def stack_first(values: Any) -> Any:
    return tf().stack(values, axis=0)


def repeat(x: Any, n: Any) -> Any:
    return tf().repeat(tf().expand_dims(x, 1), n, axis=1)


def repeat_elements(input: Any, repeats: Any, axis: Any) -> Any:
    return tf().repeat(input, repeats, axis=axis)


def tile(x: Any, n: Any) -> Any:
    return tf().tile(x, [n] if isinstance(n, int) else n)


def tile_left_padded(x: Any, n: Any) -> Any:
    """Keras 2.3: too few counts are those of the last axes."""
    n = [n] if isinstance(n, int) else n
    return tf().tile(x, n if is_tensor(n) else [1] * (len(x.shape) - len(n)) + list(n))


def reverse(tensor: Any, axis: Any) -> Any:
    return tf().reverse(tensor, [axis] if isinstance(axis, int) else list(axis))


def reverse_any_order(tensor: Any, axis: Any) -> Any:
    """tf.reverse: a truth value per axis before TensorFlow 1.0, then the axes."""
    axes = [axis] if isinstance(axis, int) else list(axis)
    if axes and all(isinstance(a, bool) for a in axes):
        axes = [i for i, turned in enumerate(axes) if turned]
    return tf().reverse(tensor, axes)


def concat_any_order(values: Any, axis: Any) -> Any:
    """tf.concat: the axis came first before TensorFlow 1.0."""
    if isinstance(values, int):
        values, axis = axis, values
    return tf().concat(values, axis)


def split_any_order(value: Any, num_or_size_splits: Any, axis: Any) -> Any:
    """tf.split: the axis came first, and the value last, before TensorFlow 1.0."""
    if isinstance(value, int) and is_tensor(axis):
        value, axis = axis, value
    return tf().split(value, num_or_size_splits, axis)


def gather(params: Any, indices: Any, axis: Any = None, batch_dims: int = 0) -> Any:
    return tf().gather(params, indices, axis=axis, batch_dims=batch_dims)


def range(arguments: list[Any], dtype: Any) -> Any:
    return tf().range(*arguments, dtype=dtype)


def arange(start: Any, stop: Any, step: Any, dtype: Any) -> Any:
    start = 0 if stop is None and isinstance(start, int | float) and start < 0 else start
    found = tf().range(start, limit=stop, delta=step)
    return found if dtype == "int32" else tf().cast(found, dtype)


def meshgrid(arguments: list[Any], indexing: Any) -> Any:
    return tf().meshgrid(*arguments, indexing=indexing)


def zeros(shape: Any, dtype: Any) -> Any:
    return tf().zeros(shape, dtype or "float32")


def ones(shape: Any, dtype: Any) -> Any:
    return tf().ones(shape, dtype or "float32")


def eye(size: Any, dtype: Any) -> Any:
    sizes = tuple(size) if isinstance(size, list | tuple) else (size, size)
    return tf().eye(*sizes, dtype=dtype or "float32")


def constant(value: Any, dtype: Any, shape: Any) -> Any:
    return tf().constant(value, dtype or "float32", shape)


def variable(value: Any, dtype: Any) -> Any:
    # Made anew at each call of a Lambda, never trained: a constant.
    return tf().cast(tf().convert_to_tensor(value), dtype or "float32")


def temporal_padding(x: Any, padding: Any) -> Any:
    left, right = (padding, padding) if isinstance(padding, int) else padding
    return tf().pad(x, [[0, 0], [left, right], [0, 0]])


def channels_first(data_format: Any, dialect: Any) -> bool:
    """Whether an op works on channels first, where need be by the default of the day."""
    if data_format in (None, "default"):
        data_format = image_data_format(dialect)
    return {"th": True, "tf": False, "channels_first": True, "channels_last": False}[data_format]


def spatial_padding(x: Any, padding: Any, data_format: Any, dialect: Any) -> Any:
    pads = [[p, p] if isinstance(p, int) else list(p) for p in padding]
    first = channels_first(data_format, dialect)
    return tf().pad(x, [[0, 0], [0, 0], *pads] if first else [[0, 0], *pads, [0, 0]])


def bias_add(x: Any, bias: Any, data_format: Any, dialect: Any) -> Any:
    if len(bias.shape) != 1:
        raise NotSupported("K.bias_add with a bias of several dimensions")
    if len(x.shape) > 2 and channels_first(data_format, dialect):
        return x + tf().reshape(bias, [1, -1] + [1] * (len(x.shape) - 2))
    return x + bias

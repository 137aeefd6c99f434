"""What the ops of the table are in TensorFlow today, where that is more than one function of it.

A parameter called ``spelled`` gets the op's name, one called ``dialect`` who wrote it. TensorFlow
is imported inside: the table itself is read without it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tfmigrate.errors import NotSupported
from tfmigrate.lazy import load

# Ops whose name in TensorFlow today is not the one they were spelled with.
_TODAY = {
    "neg": "negative", "sub": "subtract", "mul": "multiply", "is_nan": "math.is_nan",
    "is_inf": "math.is_inf", "is_finite": "math.is_finite", "log_sigmoid": "math.log_sigmoid",
    "erf": "math.erf", "log": "math.log", "log1p": "math.log1p", "expm1": "math.expm1",
    "rsqrt": "math.rsqrt", "rint": "math.rint", "reciprocal": "math.reciprocal",
    "ceil": "math.ceil", "digamma": "math.digamma", "lgamma": "math.lgamma",
    "floordiv": "math.floordiv", "floor_div": "math.floordiv", "mod": "math.floormod",
    "floormod": "math.floormod", "realdiv": "truediv", "div_no_nan": "math.divide_no_nan",
    "xlogy": "math.xlogy", "squared_difference": "math.squared_difference",
    "logical_xor": "math.logical_xor", "relu6": "nn.relu6",
    "selu": "nn.selu", "softplus": "nn.softplus", "softsign": "nn.softsign", "silu": "nn.silu",
    "nn.softplus": "nn.softplus", "reduce_logsumexp": "reduce_logsumexp",
    "reduce_std": "math.reduce_std", "reduce_variance": "math.reduce_variance",
    "reduce_euclidean_norm": "math.reduce_euclidean_norm",
}  # fmt: skip


def tf() -> Any:
    """TensorFlow."""
    return load("tensorflow")


def today(spelled: str) -> Callable[..., Any]:
    """TensorFlow's function of today for the spelled name of one that kept its meaning."""
    name = spelled.removeprefix("tf.").removeprefix("K.")
    found: Any = tf()
    for part in _TODAY.get(name, name).split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def unary(spelled: str, x: Any) -> Any:
    return today(spelled)(x)


def binary(spelled: str, x: Any, y: Any) -> Any:
    return today(spelled)(x, y)


def reduction(spelled: str, x: Any, axis: Any, keepdims: Any) -> Any:
    return today(spelled)(x, axis=axis, keepdims=bool(keepdims))


def softmax_like(spelled: str, x: Any, axis: Any) -> Any:
    return today(spelled)(x, axis=-1 if axis is None else axis)


def image_unary(spelled: str, x: Any) -> Any:
    return today(spelled)(x)


def identity_of(value: Any) -> Any:
    return value


def sqrt_of_positive(x: Any) -> Any:
    return tf().sqrt(tf().maximum(x, tf().cast(0, x.dtype)))


def reduce_sum(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().reduce_sum(x, axis, keepdims)


def reduce_prod(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().reduce_prod(x, axis, keepdims)


def reduce_max(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().reduce_max(x, axis, keepdims)


def reduce_min(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().reduce_min(x, axis, keepdims)


def _number(x: Any) -> Any:
    return tf().cast(x, "float32") if x.dtype == "bool" else x


def mean_of_any(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().reduce_mean(_number(x), axis, keepdims)


def variance(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().math.reduce_variance(_number(x), axis, keepdims)


def deviation(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().math.reduce_std(_number(x), axis, keepdims)


def any_as_bool(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().reduce_any(tf().cast(x, "bool"), axis, keepdims)


def all_as_bool(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().reduce_all(tf().cast(x, "bool"), axis, keepdims)


def any_as_uint8(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().cast(any_as_bool(x, axis, keepdims), "uint8")


def all_as_uint8(x: Any, axis: Any, keepdims: Any) -> Any:
    return tf().cast(all_as_bool(x, axis, keepdims), "uint8")


def argmax(input: Any, axis: Any, output_type: Any) -> Any:
    return tf().argmax(input, 0 if axis is None else axis, output_type)


def argmin(input: Any, axis: Any, output_type: Any) -> Any:
    return tf().argmin(input, 0 if axis is None else axis, output_type)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    if all(isinstance(v, int | float) for v in (min_value, max_value)) and max_value < min_value:
        max_value = min_value
    low = float("-inf") if min_value is None else min_value
    high = float("inf") if max_value is None else max_value
    return tf().clip_by_value(x, tf().cast(low, x.dtype), tf().cast(high, x.dtype))


def division_of_python_2(x: Any, y: Any) -> Any:
    """``/`` of Python 2: it floors where both sides are integers."""
    kinds = [getattr(getattr(v, "dtype", None), "is_integer", isinstance(v, int)) for v in (x, y)]
    return x // y if all(kinds) else x / y


def to_float32(x: Any) -> Any:
    return tf().cast(x, "float32")


def to_float64(x: Any) -> Any:
    return tf().cast(x, "float64")


def to_int32(x: Any) -> Any:
    return tf().cast(x, "int32")


def to_int64(x: Any) -> Any:
    return tf().cast(x, "int64")


def cast_to_floatx(x: Any) -> Any:
    return tf().cast(x, "float32")


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """The one or the other per element; the condition's missing last axes are repeated."""
    library = tf()
    condition = library.cast(condition, "bool")
    rank = len(then_expression.shape)
    for _ in range(rank - len(condition.shape)):
        condition = condition[..., None]
    return library.where(condition, then_expression, else_expression)


def learning_phase() -> int:
    return 0


def epsilon() -> float:
    return 1e-7


def floatx() -> str:
    return "float32"


def backend_name(dialect: Any) -> str:
    if not dialect.backend:
        raise NotSupported("K.backend() was asked, and the file does not say which it was")
    return str(dialect.backend)


def image_data_format(dialect: Any) -> str:
    if not dialect.data_format:
        raise NotSupported(
            "the image data format of the day (K.image_data_format()) is asked for, and the file"
            " does not say it",
            help="give the expression in a recipe, with data_format written out",
        )
    return str(dialect.data_format)


def image_dim_ordering(dialect: Any) -> str:
    return "th" if image_data_format(dialect) == "channels_first" else "tf"


def of_keras_3(spelled: str, arguments: list[Any], **keywords: Any) -> Any:
    ops = load("keras").ops
    found: Any = functools.reduce(getattr, spelled.removeprefix("ops.").split("."), ops)
    return found(*arguments, **keywords)

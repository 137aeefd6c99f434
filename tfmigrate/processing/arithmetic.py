"""Numbers into other numbers: scale, cast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tfmigrate.processing.step import FLOATS, WHOLES, Args, Array, Step, floating, numbers, typed
from tfmigrate.tensors import TensorSpec


def _scaled(spec: TensorSpec, args: Args) -> TensorSpec:
    numbers(spec)
    return replace(spec, dtype=floating(spec.dtype))


def factors(args: Args) -> tuple[float, float, float]:
    """What to divide by, to multiply with and to add, in that order.

    ``to`` without ``from`` is from the values of pixels, 0 to 255.
    """
    if args["to"] is None:
        return args["divide"] or 1.0, _or(args["multiply"], 1.0), _or(args["offset"], 0.0)
    low, high = args["to"]
    start, end = args["from"] or (0.0, 255.0)
    times = (high - low) / (end - start)
    return 1.0, times, low - start * times


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def divided(tensor: Any, by: Any) -> Any:
    """A tensor divided by constants, rounded once.

    TensorFlow's graph optimiser turns a division by a constant into a product, which rounds
    twice; in float64 that is too little to show in float32.
    """
    import tensorflow as tf

    return tf.cast(tf.cast(tensor, tf.float64) / by, tensor.dtype)


def _scale(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    divide, times, plus = factors(args)
    found = tf.cast(tensor, floating(tensor.dtype.name))
    found = divided(found, divide) if divide != 1 else found
    found = found * times if times != 1 else found
    return found + plus if plus != 0 else found


def _scale_plain(array: Array, args: Args) -> Array:
    divide, times, plus = factors(args)
    found = array.astype(floating(array.dtype.name))
    kind = found.dtype.type
    return np.asarray(found / kind(divide) * kind(times) + kind(plus))


SCALE = Step(_scaled, _scale, _scale_plain)


def _castable(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, (*FLOATS, *WHOLES, "bfloat16", "bool", "uint64"), "numbers or truth values")
    return replace(spec, dtype=args["dtype"])


def _limits(source: str, target: str) -> tuple[Any, Any] | None:
    """What to keep values between, so that a cast does not leave the target; None for all."""
    if target in FLOATS or source == "bool":
        return None
    to = np.iinfo(target)
    if source in WHOLES or source == "uint64":
        of = np.iinfo(source)
        return (max(to.min, of.min), min(to.max, of.max)) if (
            to.min > of.min or to.max < of.max
        ) else None  # fmt: skip
    if source not in FLOATS:
        return float(to.min), float(to.max)
    return _floats_within(np.dtype(source).type, to.min, to.max)


def _floats_within(kind: Any, low: int, high: int) -> tuple[Any, Any]:
    """The outermost floats whose whole part lies within; 2147483647 is none of float32's."""
    bottom, top = kind(max(low, np.finfo(kind).min)), kind(min(high, np.finfo(kind).max))
    top = np.nextafter(top, kind(0)) if int(top) > high else top
    return bottom, top


def _cast(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    source, target = tensor.dtype.name, args["dtype"]
    if source == "bfloat16":
        tensor, source = tf.cast(tensor, "float32"), "float32"
    limits = _limits(source, target)
    if args["round"] and source in FLOATS and target not in FLOATS:
        tensor = tf.round(tensor)
    if limits is not None:
        tensor = tf.clip_by_value(tensor, *(tf.constant(v, source) for v in limits))
    return tf.cast(tensor, target)


def _cast_plain(array: Array, args: Args) -> Array:
    source, target = array.dtype.name, args["dtype"]
    if source == "bfloat16":
        array, source = array.astype("float32"), "float32"
    limits = _limits(source, target)
    if args["round"] and source in FLOATS and target not in FLOATS:
        array = np.rint(array)
    if limits is not None:
        array = np.minimum(np.maximum(array, limits[0]), limits[1])
    with np.errstate(over="ignore"):
        return array.astype(target)


CAST = Step(_castable, _cast, _cast_plain)

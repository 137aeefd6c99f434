"""What a model answers, made easier to use: softmax, sigmoid, argmax, threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tfmigrate.processing.step import Args, Array, Step, axis_of, floats, numbers
from tfmigrate.tensors import TensorSpec


def _soft(spec: TensorSpec, args: Args) -> TensorSpec:
    floats(spec)
    axis_of(spec, args["axis"])
    return spec


def _softmax(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.nn.softmax(tensor, axis=args["axis"])


def _softmax_plain(array: Array, args: Args) -> Array:
    exact = array.astype(np.float64)
    parts = np.exp(exact - exact.max(args["axis"], keepdims=True))
    return np.asarray(parts / parts.sum(args["axis"], keepdims=True)).astype(array.dtype)


SOFTMAX = Step(_soft, _softmax, _softmax_plain)


def _single(spec: TensorSpec, args: Args) -> TensorSpec:
    floats(spec)
    return spec


def _sigmoid(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.sigmoid(tensor)


def _sigmoid_plain(array: Array, args: Args) -> Array:
    small = np.exp(-np.abs(array.astype(np.float64)))
    found = np.where(array < 0, small / (1 + small), 1 / (1 + small))
    return np.where(np.isnan(array), np.nan, found).astype(array.dtype)


SIGMOID = Step(_single, _sigmoid, _sigmoid_plain)


def _indexed(spec: TensorSpec, args: Args) -> TensorSpec:
    numbers(spec)
    axis = axis_of(spec, args["axis"])
    return replace(spec, shape=(*spec.shape[:axis], *spec.shape[axis + 1 :]), dtype="int64")


def _argmax(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.argmax(tensor, axis=args["axis"], output_type=tf.int64)


ARGMAX = Step(
    _indexed, _argmax, lambda array, args: np.asarray(np.argmax(array, args["axis"]), np.int64)
)


def _decided(spec: TensorSpec, args: Args) -> TensorSpec:
    numbers(spec)
    return replace(spec, dtype=args["give"])


def _threshold(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    # Whole numbers are compared as float64: a threshold of 0.5 is none of theirs.
    found = tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float64)
    return tf.cast(found > tf.constant(args["value"], found.dtype), args["give"])


def _threshold_plain(array: Array, args: Args) -> Array:
    found = array if array.dtype.kind == "f" else array.astype(np.float64)
    return np.asarray(found > found.dtype.type(args["value"])).astype(args["give"])


THRESHOLD = Step(_decided, _threshold, _threshold_plain)

"""Other shapes of the same values: reshape, expand, squeeze."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from tfmigrate.processing.step import Args, Array, Misfit, Step, axis_of, said
from tfmigrate.tensors import Shape, TensorSpec


def _reshaped(spec: TensorSpec, args: Args) -> TensorSpec:
    shape: Shape = tuple(args["shape"])
    if not spec.shape or None in shape[1:] or None in spec.shape[1:]:
        raise Misfit(
            "only the batch may be free",
            found=f"{said(spec.shape)} to {said(shape)}",
            expected="sizes for all other dimensions",
        )
    sizes = [math.prod(d for d in s[1:] if d is not None) for s in (spec.shape, shape)]
    if None not in (*shape[:1], spec.shape[0]) and shape[0] != spec.shape[0]:
        raise Misfit("the batch is another", found=str(shape[0]), expected=str(spec.shape[0]))
    if sizes[0] != sizes[1]:
        raise Misfit(
            "the values of a sample must stay together",
            found=f"{said(spec.shape)} to {said(shape)}",
            expected=f"{said(spec.shape[:1])[:-1]}, ...] with {sizes[0]} values a sample",
        )
    return replace(spec, shape=(spec.shape[0], *shape[1:]))


def _reshape(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.reshape(tensor, [-1, *args["shape"][1:]])


RESHAPE = Step(
    spec=_reshaped,
    graph=_reshape,
    plain=lambda array, args: array.reshape(-1, *args["shape"][1:]),
)


def _expanded(spec: TensorSpec, args: Args) -> TensorSpec:
    rank, axis = len(spec.shape) + 1, args["axis"]
    axis = axis + rank if axis < 0 else axis
    # A scalar has no batch: there the new dimension becomes it.
    if not (0 < axis < rank or rank == 1 == axis + 1):
        raise Misfit(
            f"axis {args['axis']} is none of a sample's", found=f"the shape {said(spec.shape)}"
        )
    return replace(spec, shape=(*spec.shape[:axis], 1, *spec.shape[axis:]))


def _expand(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.expand_dims(tensor, args["axis"])


def _expand_plain(array: Array, args: Args) -> Array:
    import numpy as np

    return np.expand_dims(array, args["axis"])


EXPAND = Step(_expanded, _expand, _expand_plain)


def _squeezed(spec: TensorSpec, args: Args) -> TensorSpec:
    axis = axis_of(spec, args["axis"])
    if spec.shape[axis] != 1:
        raise Misfit(f"dimension {axis} is not 1", found=f"the shape {said(spec.shape)}")
    return replace(spec, shape=(*spec.shape[:axis], *spec.shape[axis + 1 :]))


def _squeeze(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.squeeze(tensor, [args["axis"]])


SQUEEZE = Step(_squeezed, _squeeze, lambda array, args: array.squeeze(args["axis"]))

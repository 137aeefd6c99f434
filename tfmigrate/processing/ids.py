"""Ids into what models take: one_hot, pad, truncate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tfmigrate.processing.step import WHOLES, Args, Array, Misfit, Step, said, sized, typed
from tfmigrate.tensors import TensorSpec


def _hot(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, ("uint8", "int8", "int32", "int64"), "ids: uint8, int8, int32 or int64")
    return replace(spec, shape=(*spec.shape, args["depth"]), dtype=args["dtype"])


def _one_hot(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.one_hot(tensor, args["depth"], dtype=args["dtype"])


ONE_HOT = Step(
    _hot,
    _one_hot,
    lambda array, args: (array[..., None] == np.arange(args["depth"])).astype(args["dtype"]),
)


def _padded(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, WHOLES, "ids (a lookup gives them)")
    if len(spec.shape) != 2:
        raise Misfit(
            "takes one list of ids a sample",
            found=f"the shape {said(spec.shape)}",
            expected="[batch, length]",
        )
    return sized(spec, args["to"])


def _marks(args: Args) -> list[int]:
    return [args[key] for key in ("begin", "end") if args[key] is not None]


def _pad(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    room = args["to"] - len(_marks(args))
    body = tensor[:, :room] if args["cut"] == "after" else tensor[:, -room:]
    if args["give"] != "ids":
        body = tf.ones_like(body)
    for key, at in (("begin", 0), ("end", 1)):
        if args[key] is not None:
            # One mark for each sample, also where there is none.
            mark = tf.fill([tf.shape(body)[0], 1], tf.constant(_given(args, key), body.dtype))
            body = tf.concat([mark, body][:: 1 if at == 0 else -1], axis=1)
    free = args["to"] - tf.shape(body)[1]
    margin = [0, free] if args["side"] == "after" else [free, 0]
    value = tf.constant(args["value"] if args["give"] == "ids" else 0, body.dtype)
    found = tf.pad(body, [[0, 0], margin], constant_values=value)
    found = tf.ensure_shape(found, [None, args["to"]])
    return tf.zeros_like(found) if args["give"] == "segments" else found


def _given(args: Args, key: str) -> int:
    return int(args[key]) if args["give"] == "ids" else 1


def _pad_plain(array: Array, args: Args) -> Array:
    room = args["to"] - len(_marks(args))
    rows = []
    for row in array.tolist():
        kept = row[:room] if args["cut"] == "after" else row[-room:]
        begin, end = ([] if args[k] is None else [args[k]] for k in ("begin", "end"))
        full = [*begin, *kept, *end]
        fill = args["to"] - len(full)
        if args["give"] != "ids":
            full = [int(args["give"] == "mask")] * len(full)
        filler = [args["value"] if args["give"] == "ids" else 0] * fill
        rows.append([*full, *filler] if args["side"] == "after" else [*filler, *full])
    return np.asarray(rows, array.dtype).reshape(len(array), args["to"])


PAD = Step(_padded, _pad, _pad_plain)


def _truncated(spec: TensorSpec, args: Args) -> TensorSpec:
    if len(spec.shape) < 2:
        raise Misfit("takes several values a sample", found=f"the shape {said(spec.shape)}")
    length = spec.shape[1]
    return sized(spec, None if length is None else min(length, args["to"]), *spec.shape[2:])


def _truncate(array: Any, args: Args, held: Any = None) -> Any:
    return array[:, : args["to"]] if args["keep"] == "first" else array[:, -args["to"] :]


TRUNCATE = Step(_truncated, _truncate, _truncate)

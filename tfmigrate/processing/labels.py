"""The largest values by name: top_k, label.

Labels are constants of the graph, not an asset: they belong to the columns of an output one by
one, their number is checked against it here, and a list that could be exchanged beside the model
could be one line off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tfmigrate.processing.files import WordFile
from tfmigrate.processing.step import Args, Array, Misfit, Step, numbers, said
from tfmigrate.tensors import TensorSpec


def _classes(spec: TensorSpec, labels: WordFile | None) -> int:
    numbers(spec)
    classes = spec.shape[-1] if len(spec.shape) > 1 else None
    if classes is None:
        raise Misfit(
            "the number of classes must be known",
            found=f"the shape {said(spec.shape)}",
            expected="a fixed last dimension",
        )
    if labels is not None and len(labels.words) != classes:
        raise Misfit(
            f"{labels.name} does not have one label for each class",
            found=f"{len(labels.words)} lines",
            expected=f"{classes} lines",
        )
    return classes


def _topped(spec: TensorSpec, args: Args) -> TensorSpec:
    classes = _classes(spec, args["labels"])
    if args["k"] > classes:
        raise Misfit(f"there are no {args['k']} classes", found=str(classes))
    dtype = {"labels": "string", "scores": spec.dtype, "indices": "int64"}[args["give"]]
    return replace(spec, shape=(*spec.shape[:-1], args["k"]), dtype=dtype)


def _top_k(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    scores, indices = tf.math.top_k(tensor, args["k"])
    if args["give"] == "scores":
        return scores
    return tf.cast(indices, tf.int64) if args["give"] == "indices" else _named(indices, args)


def _named(indices: Any, args: Args) -> Any:
    import tensorflow as tf

    return tf.gather(tf.constant(list(args["labels"].words)), indices)


def _top_k_plain(array: Array, args: Args) -> Array:
    # Of equal values the first: sorted from the end, the last of the sorted are the first.
    last = array.shape[-1] - 1
    order = last - np.argsort(array[..., ::-1], axis=-1, kind="stable")[..., ::-1]
    order = order[..., : args["k"]]
    if args["give"] == "scores":
        return np.take_along_axis(array, order, -1)
    return order.astype(np.int64) if args["give"] == "indices" else _named_plain(order, args)


def _named_plain(indices: Array, args: Args) -> Array:
    words = np.empty(len(args["labels"].words), object)
    words[:] = args["labels"].words
    return np.asarray(words[indices], object)


TOP_K = Step(_topped, _top_k, _top_k_plain)


def _labelled(spec: TensorSpec, args: Args) -> TensorSpec:
    _classes(spec, args["labels"])
    return replace(spec, shape=spec.shape[:-1], dtype="string")


def _label(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return _named(tf.argmax(tensor, axis=-1), args)


LABEL = Step(_labelled, _label, lambda array, args: _named_plain(np.argmax(array, axis=-1), args))

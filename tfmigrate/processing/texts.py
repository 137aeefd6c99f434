"""Plain text: lower, split."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfmigrate.processing.step import Args, Array, Misfit, Step, as_bytes, said, sized, typed
from tfmigrate.tensors import TensorSpec


def _lowered(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, ("string",), "text")
    return spec


def _lower(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    return tf.strings.lower(tensor, encoding="utf-8" if args["letters"] == "unicode" else "")


def _lower_plain(array: Array, args: Args) -> Array:
    def lower(text: bytes) -> bytes:
        if args["letters"] == "ascii":
            return text.lower()
        return text.decode("utf-8", "replace").lower().encode()

    found = as_bytes(array)
    found.reshape(-1)[:] = [lower(v) for v in found.reshape(-1)]
    return found


LOWER = Step(_lowered, _lower, _lower_plain)


def _parted(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, ("string",), "text")
    if len(spec.shape) != 1:
        raise Misfit(
            "takes one text a sample", found=f"the shape {said(spec.shape)}", expected="[batch]"
        )
    return sized(spec, None)


def _split(tensor: Any, args: Args, held: Any) -> Any:
    """The words of a batch of one; longer batches go one by one."""
    import tensorflow as tf

    # The op alone: tf.strings.split makes a ragged tensor, with ops that are newer.
    parts = tf.raw_ops.StringSplitV2(input=tf.reshape(tensor, [1]), sep="")
    return parts.values[tf.newaxis]


def _split_plain(array: Array, args: Args) -> Array:
    (text,) = as_bytes(array)
    words = text.split()
    found = np.empty((1, len(words)), object)
    found[0, :] = words
    return found


SPLIT = Step(_parted, _split, _split_plain, varies=True)

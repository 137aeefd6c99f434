"""Mean and deviation, and the three presets of ``keras.applications``.

Source of the presets: ``keras.applications.imagenet_utils.preprocess_input`` (unchanged since
Keras 2.1): caffe is BGR minus the mean of ImageNet, torch is x / 255 normalised, tf is -1 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tfmigrate.processing.arithmetic import divided
from tfmigrate.processing.step import Args, Array, Misfit, Step, floating, numbers, said
from tfmigrate.tensors import TensorSpec


@dataclass(frozen=True)
class Recipe:
    """What happens to the pixels, in this order.

    Attributes:
        flip: Whether the channels change their order.
        divide: What all are divided by, None where they are not.
        mean: What is taken off each channel.
        std: What each is divided by then; empty where they are not.
    """

    flip: bool
    divide: float | None
    mean: tuple[float, ...]
    std: tuple[float, ...]


_PRESETS = {
    "caffe": Recipe(True, None, (103.939, 116.779, 123.68), ()),
    "torch": Recipe(False, 255.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "tf": Recipe(False, 127.5, (1.0,), ()),
}


def recipe(args: Args) -> Recipe:
    """What a step's arguments mean."""
    if args["preset"] is not None:
        return _PRESETS[args["preset"]]
    return Recipe(False, None, tuple(args["mean"]), tuple(args["std"] or ()))


def _axis(rank: int, args: Args) -> int:
    return 1 if args["layout"] == "channels_first" else rank - 1


def _normalised(spec: TensorSpec, args: Args) -> TensorSpec:
    numbers(spec)
    if len(spec.shape) < 2:
        raise Misfit("takes samples with channels", found=f"the shape {said(spec.shape)}")
    channels, asked = spec.shape[_axis(len(spec.shape), args)], recipe(args)
    needed = max(len(asked.mean), len(asked.std), 3 if asked.flip else 1)
    if needed != 1 and channels != needed:
        raise Misfit(
            f"has numbers for {needed} channels",
            found=f"{channels or 'any number of'} channels in {said(spec.shape)}",
            expected=f"{needed} channels, or layout: channels_first",
        )
    return replace(spec, dtype=floating(spec.dtype))


def _per_channel(values: tuple[float, ...], rank: int, args: Args, dtype: str) -> Array:
    shape = [1] * rank
    shape[_axis(rank, args)] = len(values)
    return np.asarray(values, dtype).reshape(shape)


def _normalise(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    asked, rank = recipe(args), len(tensor.shape)
    found = tf.cast(tensor, floating(tensor.dtype.name))
    dtype = found.dtype.name
    if asked.divide is not None:
        found = divided(found, asked.divide)
    if asked.flip:
        found = tf.reverse(found, [_axis(rank, args)])
    found = found - _per_channel(asked.mean, rank, args, dtype)
    return divided(found, _per_channel(asked.std, rank, args, "float32")) if asked.std else found


def _normalise_plain(array: Array, args: Args) -> Array:
    asked = recipe(args)
    found = np.moveaxis(array.astype(floating(array.dtype.name)), _axis(array.ndim, args), -1)
    kind = found.dtype
    found = found / kind.type(asked.divide) if asked.divide else found
    found = (found[..., ::-1] if asked.flip else found) - np.asarray(asked.mean, kind)
    found = found / np.asarray(asked.std, kind) if asked.std else found
    return np.moveaxis(found, -1, _axis(array.ndim, args))


NORMALISE = Step(_normalised, _normalise, _normalise_plain)

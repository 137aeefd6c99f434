"""A layer by itself: what it answers when it gets the reference's own values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tfmigrate.engines.taps import Tap, Tapped
from tfmigrate.parity.localise import off
from tfmigrate.proof import LayerDifference
from tfmigrate.workers.trials import failing

Array = np.ndarray[Any, Any]


def alone(
    layers: Sequence[LayerDifference], run: Tapped, reference: Mapping[str, Array]
) -> Iterator[LayerDifference]:
    """The layers, each that is off with how far it is off by itself, where that can be tried."""
    paired = {layer.layer: layer.paired for layer in layers}
    taps = {tap.name: tap for tap in run.taps}
    for layer in layers:
        if layer.agrees or not layer.paired:
            yield layer
            continue
        values = {name: reference.get(paired.get(name, "")) for name in layer.inputs}
        value = _answer(taps[layer.layer], run.made, values, paired)
        target = reference[layer.paired]
        fits = value is not None and value.shape == target.shape
        yield replace(layer, own=off(value, target)[0]) if fits and value is not None else layer


def _answer(
    tap: Tap, made: Mapping[int, str], values: Mapping[str, Array | None], paired: Mapping[str, str]
) -> Array | None:
    """What the layer answers to the reference's values; None where the reference lacks one."""
    import tensorflow as tf

    if any(value is None and name in paired for name, value in values.items()):
        return None

    def given(tensor: Any) -> Any:
        value = values.get(made.get(id(tensor), ""))
        if value is None or value.shape != tuple(tensor.shape):
            return tensor
        return tf.constant(value, tensor.dtype)

    args, kwargs = tf.nest.map_structure(given, (tap.args, tap.kwargs))
    try:
        return np.asarray(tf.nest.flatten(tap.layer(*args, **kwargs))[0])
    except failing():
        return None

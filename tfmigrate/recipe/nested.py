"""Layers and blocks inside the arguments of a layer: ``with: {layer: {layer: LSTM, ...}}``.

A block there becomes a model of its own: ``{block: NAME, model: {inputs, layers, outputs, at}}``,
``at`` being the places in the recipe that its entries come from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfmigrate.recipe import tf1_layers
from tfmigrate.recipe.reporter import Path

# The arguments of wrappers and RNNs that hold layers.
HOLDERS = frozenset({"layer", "backward_layer", "cell", "cells"}) | tf1_layers.HOLDERS

KEYS = ("layer", "with", "name")

Spec = dict[str, Any]


def is_layer(value: Any) -> bool:
    """Whether an argument is a layer: a mapping with the key ``layer``."""
    return isinstance(value, dict) and isinstance(value.get("layer"), str)


def is_model(value: Any) -> bool:
    """Whether an argument is a block that has become a model of its own."""
    return isinstance(value, dict) and isinstance(value.get("model"), dict)


def changed(value: Any, change: Callable[[Spec, Path], Spec], path: Path = ()) -> Any:
    """An argument with every layer in it changed; ``path`` is where it stands."""
    if is_layer(value):
        return change(value, path)
    if is_model(value):
        entries = [changed(entry, change, path) for entry in value["model"]["layers"]]
        return {**value, "model": {**value["model"], "layers": entries}}
    if isinstance(value, list):
        return [changed(item, change, (*path, i)) for i, item in enumerate(value)]
    return value

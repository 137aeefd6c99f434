"""Layers inside the arguments of a layer: ``{layer: Bidirectional, with: {layer: {...}}}``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfmigrate.recipe.reporter import Path

# The arguments of wrappers and RNNs that hold layers.
HOLDERS = frozenset({"layer", "backward_layer", "cell", "cells"})

KEYS = ("layer", "with", "name")

Spec = dict[str, Any]


def is_layer(value: Any) -> bool:
    """Whether an argument is a layer: a mapping with the key ``layer``."""
    return isinstance(value, dict) and isinstance(value.get("layer"), str)


def changed(value: Any, change: Callable[[Spec, Path], Spec], path: Path = ()) -> Any:
    """An argument with every layer in it changed; ``path`` is where it stands."""
    if is_layer(value):
        return change(value, path)
    if isinstance(value, list):
        return [changed(item, change, (*path, i)) for i, item in enumerate(value)]
    return value

"""Weights in other places: a fault that any tensor can have, whatever layer or graph it is in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tfmigrate.engines.changes.base import Array, Arrays, Change, View
from tfmigrate.tensors import VariableInfo

KIND = "moved weights"
# Counters, ids and the states of generators are no weights.
_TYPES = ("float16", "bfloat16", "float32", "float64", "complex64", "complex128", "int8")


def propose(view: View) -> Iterator[Change]:
    """Each of its weights by itself, moved by one place; a single number doubled."""
    for info in view.variables:
        if info.dtype in _TYPES:
            yield _moved(view, info)


def _moved(view: View, info: VariableInfo) -> Change:
    def run(values: Arrays) -> Arrays:
        return {info.name: moved(values[info.name])}

    what = f"computes with {info.leaf or info.name} moved by one place"
    return Change(KIND, view.path, what, "weights in other places", (info.name,), run)


def moved(array: Array) -> Array:
    """Moved along the input axis, the last but one, or along the first that has two places."""
    axes = [*range(array.ndim)[-2:-1], *range(array.ndim)]
    axis = next((i for i in axes if array.shape[i] > 1), None)
    return array + array if axis is None else np.roll(array, 1, axis)

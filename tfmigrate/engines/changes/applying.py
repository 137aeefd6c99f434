"""A change made in a rebuilt model, and undone bit for bit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfmigrate.engines.built import Built
from tfmigrate.engines.changes import replaced
from tfmigrate.engines.changes.base import Array, Arrays, CannotChange, Change, ChangesNothing
from tfmigrate.engines.fill import fill
from tfmigrate.engines.taps import answering
from tfmigrate.engines.walk import layers_of

_PIECE = 1 << 20


@contextlib.contextmanager
def changed(built: Built, change: Change) -> Iterator[None]:
    """Within it, the model has the fault.

    The old values of changed variables are kept beside the new ones; for another config there is a
    second layer with the values of the first.

    Raises:
        CannotChange: The layer cannot be so, or (:class:`ChangesNothing`) is so already.
    """
    layers = [layer for path, layer in _layers(built) if path == change.layer]
    with contextlib.ExitStack() as stack:
        if change.weights is not None:
            stack.enter_context(_weights(built, change, layers))
        if change.config is not None or change.before is not None:
            if not layers:
                raise CannotChange(f"there is no layer {change.layer}")
            stack.enter_context(answering(layers[0], replaced.call(built, layers[0], change)))
        yield


def _layers(built: Built) -> Iterator[tuple[str, Any]]:
    if built.model is not None:
        yield from layers_of(built.model)


@contextlib.contextmanager
def _weights(built: Built, change: Change, layers: list[Any]) -> Iterator[None]:
    import tensorflow as tf

    assert change.weights is not None
    variables = {name: built.variables[name] for name in change.reads}
    # Read, not copied: an assignment gives the variable a new buffer while this one is held.
    old = {name: variable.read_value() for name, variable in variables.items()}
    was = {name: np.asarray(tensor) for name, tensor in old.items()}
    new = {n: np.ascontiguousarray(array) for n, array in change.weights(was).items()}
    _check(was, new)
    try:
        for name, array in new.items():
            fill(variables[name], array)
        new.clear()
        _finalize(layers)
        yield
    finally:
        for name, tensor in old.items():
            tf.raw_ops.AssignVariableOp(resource=variables[name].handle, value=tensor)
        _finalize(layers)


def _check(was: Arrays, new: Arrays) -> None:
    """Refuse other shapes, and values that are the same."""
    for name, array in new.items():
        if array.shape != was[name].shape or array.dtype != was[name].dtype:
            raise CannotChange(f"{array.dtype} {array.shape} does not fit {name}")
    if all(_same(array, was[name]) for name, array in new.items()):
        raise ChangesNothing("its weights stay as they are")


def _same(one: Array, other: Array) -> bool:
    """Whether two arrays are bit for bit the same, a piece at a time."""
    left, right = (np.ascontiguousarray(a).reshape(-1).view(np.uint8) for a in (one, other))
    pieces = range(0, left.size, _PIECE)
    return all(np.array_equal(left[i : i + _PIECE], right[i : i + _PIECE]) for i in pieces)


def _finalize(layers: list[Any]) -> None:
    """Normalization computes constants from its weights."""
    for layer in layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()

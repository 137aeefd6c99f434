"""A layer of the same class and weights, with another config."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tfmigrate.engines import keras2_kernels, keras3_convolutions
from tfmigrate.engines.blank import blank_variables
from tfmigrate.engines.built import Built
from tfmigrate.engines.changes import functions
from tfmigrate.engines.changes.base import CannotChange, Change
from tfmigrate.engines.legacy_layers import custom_objects
from tfmigrate.lazy import load


def call(built: Built, layer: Any, change: Change) -> Callable[..., Any]:
    """What answers in a layer's place.

    Raises:
        CannotChange: There is no such layer.
    """
    if change.config is None:
        return _after(change, layer.call)
    config = change.config(copy.deepcopy(layer.get_config()))
    new = _built(layer, config)
    pairs = _pairs(layer, new)
    for old, variable in pairs:
        value = old.numpy()
        if value.shape != tuple(variable.shape):
            if change.fit is None:
                raise CannotChange(f"its weights do not fit a layer where it {change.what}")
            value = change.fit(value, tuple(variable.shape))
        variable.assign(value)
    if hasattr(new, "finalize_state"):
        new.finalize_state()
    return _after(change, new.call)


def _after(change: Change, own: Callable[..., Any]) -> Callable[..., Any]:
    before = change.before
    if before is None:
        return own

    def run(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return own(before(inputs), *args, **kwargs)

    return run


def _built(layer: Any, config: dict[str, Any]) -> Any:
    """The new layer, its variables blank, with the kernels that every CPU has."""
    keras = load("tf_keras" if _of_keras_2(layer) else "keras")
    objects = functions.scope() | (custom_objects() if _of_keras_2(layer) else {})
    shapes = layer.get_build_config()
    if not shapes and layer.weights:
        raise CannotChange("it does not say how it was built")
    with blank_variables(), keras.utils.custom_object_scope(objects):
        new = type(layer).from_config(config)
        if shapes:
            new.build_from_config(shapes)
    new.built = True
    if _of_keras_2(layer):
        keras2_kernels.lower(new)
    else:
        keras3_convolutions.lower(new)
        for one in new._flatten_layers():
            if hasattr(one, "use_cudnn"):
                one.use_cudnn = False
            if hasattr(one, "get_dropout_mask"):
                one.dropout = one.recurrent_dropout = 0.0
    return new


def _of_keras_2(layer: Any) -> bool:
    return any(base.__module__.startswith("tf_keras") for base in type(layer).__mro__)


def _pairs(layer: Any, new: Any) -> list[tuple[Any, Any]]:
    """The variables of both layers, in the order that a class gives them."""
    old, fresh = _variables(layer), _variables(new)
    if len(old) != len(fresh):
        raise CannotChange(f"it has {len(old)} variables, and would have {len(fresh)}")
    return list(zip(old, fresh, strict=True))


def _variables(layer: Any) -> list[Any]:
    """Its variables as TensorFlow's."""
    found = []
    for variable in layer.weights:
        plain = getattr(variable, "_variable", variable)
        found.append(getattr(plain, "_value", plain))
    return found

"""What the modules of Keras up to 2.15 held that tf_keras has not, or has with another meaning.

Only workers import this module; it needs TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tf_keras

from tfmigrate.lazy import load
from tfmigrate.trusted.era import Era
from tfmigrate.trusted.views import View

# Layers whose defaults changed within tf.keras.
_CHANGED = ("LSTM", "LSTMCell", "GRU", "GRUCell", "ConvLSTM2D")


def names(room: str, era: Era, inside: bool) -> dict[str, Any]:
    """What a room holds of its own.

    Args:
        room: ``layers``, ``backend`` ...
        era: When the code was written.
        inside: Whether it is tf.keras's.
    """
    if room == "backend":
        found: dict[str, Any] = load("tfmigrate.trusted.legacy_backend:names")(era, inside)
        return found
    if room in ("layers", "engine") and not inside:
        return _layers(era)
    if room == "engine":
        return {"Container": tf_keras.Model, "Network": tf_keras.Model}
    if room == "initializations":
        return {"get": _initialization}
    if room == "":
        return {"__version__": ".".join(map(str, (*era.version, 0)))}
    return {}


def adapter(room: str, era: Era, inside: bool) -> Callable[[str, Any], Any]:
    """What is done to each thing that a room finds in the modules of today."""

    def adapt(name: str, found: Any) -> Any:
        is_layer = isinstance(found, type) and issubclass(found, tf_keras.layers.Layer)
        if not is_layer or issubclass(found, tf_keras.Model):
            return found
        from tfmigrate.trusted.legacy_layer import aged, defaulted

        if not inside:
            key = (found, era)
            if key not in _AGED:
                _AGED[key] = aged(found, era)
            return _AGED[key]
        return defaulted(found, era) if name in _CHANGED else found

    return adapt


# Two rooms hold the same class: a Layer of engine is a Layer of layers.
_AGED: dict[tuple[type, Era], type] = {}


def _layers(era: Era) -> dict[str, Any]:
    found = {
        "Container": tf_keras.Model,
        "Network": tf_keras.Model,
        "time_distributed_dense": _time_distributed_dense,
        "_time_distributed_dense": _time_distributed_dense,
        "Recurrent": load("tfmigrate.trusted.legacy_recurrent:recurrent")(
            adapter("layers", era, False)("Layer", tf_keras.layers.Layer)
        ),
    }
    return found | ({"merge": _merge} if era.version < (2, 0) else {})


def _initialization(name: Any, **_: Any) -> Callable[..., Any]:
    """Keras 1's ``initializations.get``: a function that makes a variable, whose value the file
    has."""
    from tfmigrate.trusted.legacy_variables import random

    def initialize(shape: Any, name: str | None = None, **_: Any) -> Any:
        return random(shape, name=name)

    return name if callable(name) else initialize


def _merge(inputs: Any, mode: str = "sum", concat_axis: int = -1, name: str | None = None) -> Any:
    """Keras 1's ``merge()`` in the modes that have a layer of their own today."""
    layers = tf_keras.layers
    made = {
        "sum": lambda: layers.Add(name=name),
        "mul": lambda: layers.Multiply(name=name),
        "ave": lambda: layers.Average(name=name),
        "max": lambda: layers.Maximum(name=name),
        "concat": lambda: layers.Concatenate(axis=concat_axis, name=name),
    }
    return made[mode]()(inputs)


def _time_distributed_dense(x: Any, w: Any, b: Any = None, *_: Any, **__: Any) -> Any:
    found = tf_keras.backend.dot(x, w)
    return found if b is None else found + b


class Interfaces(View):
    """``keras.legacy.interfaces``: decorators that translated arguments."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("legacy_"):
            raise AttributeError(name)
        return lambda function: function

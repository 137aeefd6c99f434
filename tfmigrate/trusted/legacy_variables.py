"""Variables of standalone Keras: weights where a layer lists them, constants where none does.

Only workers import this module; it needs TensorFlow.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops.resource_variable_ops import ResourceVariable

from tfmigrate.errors import NotSupported


def variable(value: Any, dtype: Any = None, name: str | None = None, **_: Any) -> Any:
    """``K.variable``: with its value, unlike the weights that the file fills.

    Inside a call it is a constant, because no layer can list it as a weight any more.
    """
    dtype = tf.as_dtype(dtype or getattr(value, "dtype", None) or "float32")
    if dtype == tf.float64 and not hasattr(value, "numpy"):
        dtype = tf.float32  # NumPy's default, which floatx overruled
    if not tf.executing_eagerly():
        return tf.cast(tf.convert_to_tensor(value), dtype)
    return ResourceVariable(tf.cast(tf.convert_to_tensor(value), dtype), name=name or "Variable")


def random(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable whose value nobody can know: the file has it, or the model cannot be had."""
    made = variable(tf.zeros(tuple(shape), dtype or "float32"), dtype, name)
    if isinstance(made, tf.Variable):
        made._was_random = True
    return made


def unique(found: Any) -> list[Any]:
    """Each variable once, in order; whatever else an author listed is left out."""
    kept = {id(v): v for v in found if isinstance(v, tf.Variable)}
    return list(kept.values())


@contextlib.contextmanager
def settled(layer: Any) -> Iterator[None]:
    """After it, the variables that the layer built and does not list are constants.

    Raises:
        NotSupported: The value of such a one was random when the model was trained.
    """
    before = _dice()
    yield
    weights = {id(w) for inner in layer._flatten_layers() for w in _own(inner)}
    for name, value in list(vars(layer).items()):
        if name.startswith(("_trainable", "_non_trainable")):
            continue
        loose = [v for v in _variables(value) if id(v) not in weights]
        if not loose:
            continue
        if before != _dice() or any(hasattr(v, "_was_random") for v in loose):
            raise NotSupported(
                f"self.{name} is a random variable that is in no list of weights, so its value is "
                "in no file",
                where=layer.name,
            )
        kept = {id(v): tf.constant(v.numpy()) for v in loose}
        constant = tf.nest.map_structure(lambda v: kept.get(id(v), v), value)  # noqa: B023
        object.__setattr__(layer, name, constant)


def _own(layer: Any) -> Iterable[Any]:
    return [*layer._trainable_weights, *layer._non_trainable_weights]


def _variables(value: Any) -> list[Any]:
    if not isinstance(value, tf.Variable | list | tuple | dict):
        return []
    return [v for v in tf.nest.flatten(value) if isinstance(v, tf.Variable)]


def _dice() -> bytes:
    """The state of NumPy's random numbers, which changes when one is drawn."""
    state: Any = np.random.get_state(legacy=False)
    return bytes(state["state"]["key"].tobytes()) + bytes(str(state["state"]["pos"]), "ascii")

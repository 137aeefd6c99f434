"""Activation functions of all eras, for the layers of both Kerases."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Function = Callable[[Any], Any]


@functools.cache
def table() -> dict[str, Function]:
    """The functions by the names that a recipe calls them by, or by an expression of one."""
    import tensorflow as tf

    nn = tf.nn
    found: dict[str, Function] = {
        "linear": tf.identity,
        "relu": nn.relu,
        "relu6": nn.relu6,
        "tanh": tf.tanh,
        "sigmoid": tf.sigmoid,
        "hard_sigmoid": lambda x: tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0),
        "relu6(x + 3) / 6": lambda x: nn.relu6(x + 3.0) / 6.0,
        "softmax": nn.softmax,
        "elu": nn.elu,
        "selu": nn.selu,
        "swish": nn.silu,
        "gelu": nn.gelu,
        "gelu(x, approximate=True)": lambda x: nn.gelu(x, approximate=True),
        "softplus": nn.softplus,
        "softsign": nn.softsign,
        "leaky_relu(x, 0.01)": lambda x: nn.leaky_relu(x, 0.01),
        "leaky_relu(x, 0.2)": lambda x: nn.leaky_relu(x, 0.2),
        "leaky_relu(x, 0.3)": lambda x: nn.leaky_relu(x, 0.3),
        "exponential": tf.exp,
    }
    return {name: _named(f"activation_{i}", f) for i, (name, f) in enumerate(found.items())}


def scope() -> dict[str, Function]:
    """The functions by their own names: Keras copies what it wraps by its config."""
    return {function.__name__: function for function in table().values()}


def called(activation: Any) -> str:
    """The name of an activation in a config."""
    if isinstance(activation, dict):
        activation = activation.get("config", activation.get("class_name"))
        activation = activation.get("name", "") if isinstance(activation, dict) else activation
    if callable(activation):
        activation = getattr(activation, "__name__", "")
    return {"silu": "swish", "": "linear", "None": "linear"}.get(str(activation), str(activation))


def _named(name: str, function: Function) -> Function:
    def run(x: Any) -> Any:
        return function(x)

    run.__name__ = run.__qualname__ = name
    return run

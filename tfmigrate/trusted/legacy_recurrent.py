"""``Recurrent``, the base class that recurrent layers had from Keras 0.3 to 2.1.

A subclass gives ``step(x, states)`` and the pieces around it; the loop is the backend's. Source:
``keras/layers/recurrent.py`` of Keras 1.2 and 2.0. Only workers import this module.
"""

from __future__ import annotations

import inspect
from typing import Any

import tensorflow as tf
import tf_keras

_OPTIONS = {
    "return_sequences": False,
    "return_state": False,
    "go_backwards": False,
    "stateful": False,
    "unroll": False,
    "implementation": 0,
    "consume_less": "cpu",
    "input_dim": None,
    "input_length": None,
}


def recurrent(layer: type) -> type:
    """The base class, on the ``Layer`` of its day."""

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        own = {name: kwargs.pop(name, default) for name, default in _OPTIONS.items()}
        if own["input_dim"] and "input_shape" not in kwargs:
            kwargs["input_shape"] = (own["input_length"], own["input_dim"])
        layer.__init__(self, *args, **kwargs)  # type: ignore[misc]
        for name, value in own.items():
            setattr(self, name, value)
        self.supports_masking, self.states = True, []

    methods = {
        "__init__": begin,
        "call": _call,
        "compute_mask": _mask,
        "compute_output_shape": _output_shape,
        "get_output_shape_for": _output_shape,
        "get_initial_states": _zeros,
        "get_initial_state": _zeros,
        "get_constants": lambda self, inputs, training=None: [],
        "preprocess_input": lambda self, inputs, training=None: inputs,
        "reset_states": lambda self, states=None: None,
        "get_config": _config,
    }
    return type("Recurrent", (layer,), methods)


def _units(self: Any) -> int:
    return int(self.units if hasattr(self, "units") else self.output_dim)


def _call(self: Any, inputs: Any, mask: Any = None, training: Any = None) -> Any:
    # Authors replaced the one spelling or the other.
    plural = type(self).get_initial_states is not _zeros
    start = (self.get_initial_states if plural else self.get_initial_state)(inputs)
    last, outputs, states = tf_keras.backend.rnn(
        self.step,
        _given(self.preprocess_input, inputs, training),
        list(start),
        go_backwards=self.go_backwards,
        mask=mask,
        constants=list(_given(self.get_constants, inputs, training)),
        unroll=self.unroll,
    )
    found = outputs if self.return_sequences else last
    return [found, *states] if self.return_state else found


def _given(method: Any, inputs: Any, training: Any) -> Any:
    """Keras 2 gave ``training`` to what takes it."""
    takes = "training" in inspect.signature(method).parameters
    return method(inputs, training=training) if takes else method(inputs)


def _zeros(self: Any, inputs: Any) -> list[Any]:
    zeros = tf.zeros_like(inputs[:, 0, :1])
    return [tf.tile(zeros, [1, _units(self)]) for _ in self.states]


def _mask(self: Any, inputs: Any, mask: Any = None) -> Any:
    found = (mask[0] if isinstance(mask, list) else mask) if self.return_sequences else None
    return [found, *(None for _ in self.states)] if self.return_state else found


def _output_shape(self: Any, input_shape: Any) -> Any:
    shape = input_shape[0] if isinstance(input_shape, list) else input_shape
    units = _units(self)
    found = (shape[0], shape[1], units) if self.return_sequences else (shape[0], units)
    return [found, *((shape[0], units) for _ in self.states)] if self.return_state else found


def _config(self: Any) -> dict[str, Any]:
    return {name: getattr(self, name) for name in _OPTIONS}

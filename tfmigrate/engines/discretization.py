"""Keras 3's Discretization as graphs computed it until 3.11."""

from __future__ import annotations

from typing import Any


def whole_number_discretization(keras: Any) -> Any:
    """A Discretization that drops what is behind the point of its inputs, like a cast to int64.

    Args:
        keras: The module of Keras 3.
    """

    class WholeNumberDiscretization(keras.layers.Discretization):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            whole = keras.ops.cast(keras.ops.cast(inputs, "int64"), "float32")
            return super().call(whole)

    # Archives name the groups of their weights after the class.
    WholeNumberDiscretization.__name__ = "Discretization"
    return WholeNumberDiscretization

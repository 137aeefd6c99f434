"""What the cells and the layers around them share."""

from __future__ import annotations

from typing import Any, ClassVar

import tensorflow as tf
import tf_keras

from tfmigrate.errors import shown

Base: Any = tf_keras.layers.Layer

# What tf.nn and tf.sigmoid, tf.tanh compute; tf_keras's leaky_relu has another slope.
_ACTIVATIONS = {
    "tanh": tf.tanh, "sigmoid": tf.sigmoid, "relu": tf.nn.relu, "relu6": tf.nn.relu6,
    "elu": tf.nn.elu, "selu": tf.nn.selu, "crelu": tf.nn.crelu, "softplus": tf.nn.softplus,
    "softsign": tf.nn.softsign, "leaky_relu": tf.nn.leaky_relu, "softmax": tf.nn.softmax,
    "identity": tf.identity, "linear": tf.identity,
}  # fmt: skip


class Scope(Base):
    """A part of a variable's name; it holds the variables or the layers below it."""

    def variables_of(self, dtype: Any, **shapes: tuple[int, ...]) -> Scope:
        """Make the variables of the given shapes, as attributes of the same names."""
        for name, shape in shapes.items():
            made = self.add_weight(name=name, shape=shape, dtype=dtype, initializer="zeros")
            setattr(self, name, made)
        return self


class Cell(Scope):
    """One step of a recurrent net: ``step`` takes ``[batch, size]`` and the state before.

    Attributes:
        scope: TF1's name for it in a checkpoint.
        nameless: Whether it adds nothing to the names of what it holds.
        state_size: Sizes of its state, one or a tuple of them.
        output_size: Size of its output.
    """

    scope: ClassVar[str] = ""
    nameless: ClassVar[bool] = False
    state_size: Any
    output_size: int

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name or self.scope, dtype=dtype)

    def make(self, size: int, dtype: Any) -> None:
        """Make the variables for inputs of a size.

        Args:
            size: The last size of the input.
            dtype: The variables' type.
        """
        raise NotImplementedError

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """The output and the state after a step."""
        raise NotImplementedError

    def start(self, inputs: Any) -> Any:
        """A state of zeros for inputs ``[batch, ...]``."""
        rows = tf.shape(inputs)[0]
        sizes = self.state_size
        return tf.nest.map_structure(lambda n: tf.zeros([rows, n], inputs.dtype), sizes)


def activation_of(given: Any, default: str = "tanh") -> Any:
    """The function of tf.nn with a name, or one that the recipe declares."""
    name = given or default
    return _ACTIVATIONS.get(name) or tf_keras.activations.get(name)


def affine(inputs: list[Any], held: Scope) -> Any:
    """``concat(inputs) @ kernel + bias``, without a bias where the scope has none."""
    joined = inputs[0] if len(inputs) == 1 else tf.concat(inputs, 1)
    product = tf.matmul(joined, held.kernel)
    return product + held.bias if hasattr(held, "bias") else product


def cell_in(given: Any, where: str) -> Cell:
    """A cell of these, not one of Keras's.

    Raises:
        TypeError: It is another layer.
    """
    if not isinstance(given, Cell):
        raise TypeError(f"{where} takes cells of tf1, not {shown(type(given).__name__, 60)}")
    return given


def packed(states: list[Any], as_tuple: bool) -> Any:
    """States as a tuple, or side by side in one tensor as before ``state_is_tuple``."""
    return tuple(states) if as_tuple else tf.concat(states, 1)


def unpacked(state: Any, sizes: list[int], as_tuple: bool) -> list[Any]:
    """The states that :func:`packed` put together."""
    return list(state) if as_tuple else tf.split(state, sizes, 1)

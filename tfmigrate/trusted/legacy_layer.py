"""The layers of standalone Keras (1.0 to 2.3) over those of tf_keras.

Only workers import this module; it needs TensorFlow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf
import tf_keras

from tfmigrate.trusted import legacy_arguments as arguments
from tfmigrate.trusted import legacy_variables as variables
from tfmigrate.trusted.era import THEANO, Era


class OfItsDay:
    """Mixed into a layer class of tf_keras: signatures and habits of standalone Keras.

    Shapes are plain tuples; a weight's shape may come before its name; only what is listed as a
    weight is one; the shape that a layer declares is believed where the graph says less.
    """

    _era = Era()
    _declares_shape = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = vars(cls)
        if "get_output_shape_for" in own and "compute_output_shape" not in own:
            cls.compute_output_shape = own["get_output_shape_for"]  # type: ignore[attr-defined]
        for name, wrap in _WRAPPED.items():
            if name in own:
                setattr(cls, name, wrap(own[name]))
        if "compute_output_shape" in own:
            cls._declares_shape = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = next(c.__name__ for c in type(self).__mro__ if "_of_its_day" in vars(c))
        if self._era.theano and ("Conv" in name or "Pooling" in name):
            raise NotImplementedError(THEANO)
        args, kwargs = arguments.renamed(name, args, kwargs)
        super().__init__(*args, **arguments.completed(name, kwargs, self._era))

    def __setattr__(self, name: str, value: Any) -> None:
        if any(isinstance(v, tf.Variable) for v in tf.nest.flatten(value)):
            object.__setattr__(self, name, value)  # tf_keras would take it for a weight
        else:
            super().__setattr__(name, value)

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        """A weight, whichever way round the arguments are; its value comes from the file."""
        given = arguments.of_weight(args, kwargs)
        return super().add_weight(  # type: ignore[misc]
            name=given.get("name"),
            shape=tuple(given.get("shape", ())),
            dtype=given.get("dtype"),
            trainable=given.get("trainable", True),
            initializer="zeros",
        )

    def add_update(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: updates ran in training only."""

    def add_loss(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: losses are for training."""

    @property
    def updates(self) -> list[Any]:
        """None, ever; Keras 1 let layers assign them."""
        return []

    @updates.setter
    def updates(self, value: Any) -> None: ...

    @property
    def trainable_weights(self) -> list[Any]:
        """The list itself where there is no other layer inside: authors append to it."""
        if self.trainable and not list(self._flatten_layers(False, False)):  # type: ignore[attr-defined]
            return self._trainable_weights
        return super().trainable_weights  # type: ignore[misc, no-any-return]

    @trainable_weights.setter
    def trainable_weights(self, value: Any) -> None:
        self._trainable_weights: list[Any] = variables.unique(value)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """As ``trainable_weights``."""
        return super().non_trainable_weights  # type: ignore[misc, no-any-return]

    @non_trainable_weights.setter
    def non_trainable_weights(self, value: Any) -> None:
        trained = {id(w) for w in self._trainable_weights}
        self._non_trainable_weights: list[Any] = [
            w for w in variables.unique(value) if id(w) not in trained
        ]

    def _should_use_autograph(self) -> bool:
        return False  # standalone Keras ran the code as it stands

    def _autographed_call(self) -> Any:
        return self.call  # type: ignore[attr-defined]


def aged(cls: type, era: Era) -> type:
    """A layer class of tf_keras as standalone Keras had it."""
    return type(cls.__name__, (OfItsDay, cls), {"_era": era, "_of_its_day": True})


def defaulted(cls: type, era: Era) -> type:
    """A layer class of tf_keras with the defaults that tf.keras had."""

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = arguments.by_name(cls, args, kwargs)
        cls.__init__(self, **arguments.completed(cls.__name__, bound, era))  # type: ignore[misc]

    return type(cls.__name__, (cls,), {"__init__": begin, "__module__": cls.__module__})


def plain(shape: Any) -> Any:
    """A shape, or several, as the tuples that standalone Keras gave."""
    if isinstance(shape, tf.TensorShape):
        return shape if shape.rank is None else tuple(shape.as_list())
    if isinstance(shape, list):
        return [plain(s) for s in shape]
    if isinstance(shape, tuple) and any(isinstance(s, tf.TensorShape) for s in shape):
        return [plain(s) for s in shape]
    return shape


def _build(author: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(author)
    def build(self: Any, input_shape: Any) -> None:
        with variables.settled(self):
            author(self, plain(input_shape))

    return build


def _shape(author: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(author)
    def compute_output_shape(self: Any, input_shape: Any, *args: Any) -> Any:
        return author(self, plain(input_shape), *args)

    return compute_output_shape


def _call(author: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if self._era.version < (2, 0) and isinstance(inputs, list) and "mask" in kwargs:
            # Keras 1 gave several inputs a list of masks, also where none of them had any.
            kwargs["mask"] = kwargs["mask"] or [None] * len(inputs)
        found = author(self, inputs, *args, **kwargs)
        if self._declares_shape:
            declared = self.compute_output_shape(_shapes_of(inputs))
            _believe(found, declared)
        return found

    return tf.__internal__.decorator.make_decorator(author, call)  # type: ignore[no-any-return]


def _shapes_of(inputs: Any) -> Any:
    if isinstance(inputs, list | tuple):
        return [_shapes_of(i) for i in inputs]
    return plain(inputs.shape)


def _believe(found: Any, declared: Any) -> None:
    """Tell the graph the dimensions that only the layer knows."""
    several = isinstance(declared, list)
    pairs = zip(found, declared, strict=False) if several else [(found, declared)]
    for tensor, shape in pairs:
        if tf.is_tensor(tensor) and not hasattr(tensor, "numpy") and isinstance(shape, tuple):
            said = tf.TensorShape(shape)
            if said.is_compatible_with(tensor.shape):
                tensor.set_shape(said)


_WRAPPED = {"build": _build, "call": _call, "compute_output_shape": _shape}

LAYER = tf_keras.layers.Layer

"""Variables without a value: nothing is initialised that will be overwritten."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from tfmigrate.engines import upgrades


@contextlib.contextmanager
def blank_variables() -> Iterator[None]:
    """Within it, every variable that is created stays uninitialised until it is assigned.

    Random initialisation is most of the time that loading a big model takes, and a variable that
    nobody assigns is seen as such instead of holding plausible noise.
    """
    import tensorflow as tf

    with tf.variable_creator_scope(_blank):
        yield


def variables_for(config: dict[str, Any]) -> contextlib.AbstractContextManager[None]:
    """Blank variables, unless a layer of the config reads its own while it is built."""
    reads = any(layer["class_name"] == "Normalization" for layer in upgrades.layers(config))
    return contextlib.nullcontext() if reads else blank_variables()


def _blank(create: Callable[..., Any], **asked: Any) -> Any:
    from tensorflow.python.ops.resource_variable_ops import UninitializedVariable

    if str(asked.get("name", "")).endswith("seed_generator_state"):
        return create(
            **asked
        )  # no weight: no file need hold it, and its value is part of no output

    shape, dtype = asked.get("shape"), asked.get("dtype")
    if shape is None or dtype is None:
        shape, dtype = _symbolic(asked["initial_value"], dtype)
    return UninitializedVariable(
        trainable=asked.get("trainable"),
        shape=shape,
        dtype=dtype,
        name=asked.get("name"),
        synchronization=asked.get("synchronization"),
        aggregation=asked.get("aggregation"),
    )


def _symbolic(initial_value: Any, dtype: Any) -> tuple[Any, Any]:
    """Shape and type that an initialiser would give, traced in a graph that never runs."""
    import tensorflow as tf
    from tensorflow.python.framework.func_graph import FuncGraph

    with FuncGraph("shape_of_an_initial_value").as_default():
        value = initial_value() if callable(initial_value) else initial_value
        tensor = tf.convert_to_tensor(value, dtype=dtype)
    return tensor.shape, tensor.dtype

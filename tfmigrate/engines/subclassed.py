"""A subclassed model of Keras 3: its signature, which no graph of layers states.

The shapes are those that the archive's ``build_config`` recorded; inputs are called after the
arguments of the model's ``call`` or after the keys of its only one, outputs as Keras's own export
calls them (``output_0``) where the model's answer is no dict.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tfmigrate.errors import NotSupported
from tfmigrate.tensors import Signature, TensorSpec

Call = Callable[[dict[str, Any]], dict[str, Any]]


def is_one(model: Any) -> bool:
    """Whether a model has no inputs of its own because its author wrote its ``call``."""
    return getattr(model, "inputs", None) is None and hasattr(model, "_build_shapes_dict")


def parts(model: Any) -> tuple[Call, Signature]:
    """The model as a function from named inputs to named outputs, and its signature.

    Raises:
        NotSupported: The archive does not say which shapes the model was built with.
    """
    import tensorflow as tf

    arguments = _arguments(model)
    inputs = [spec for _, specs, _ in arguments for spec in specs]
    if not inputs or len({s.name for s in inputs}) != len(inputs):
        raise NotSupported(
            "the archive does not say which inputs the model of the author's takes",
            where=model.name,
            help="build the model and call it once before it is saved",
        )

    def run(values: dict[str, Any]) -> dict[str, Any]:
        given = {
            name: tf.nest.pack_sequence_as(structure, [values[s.name] for s in specs])
            for name, specs, structure in arguments
        }
        return _named(model(**given, training=False))

    typed = {s.name: tf.TensorSpec(s.shape, s.dtype, s.name) for s in inputs}
    found = tf.function(run, autograph=False).get_concrete_function(typed).structured_outputs
    outputs = tuple(_spec(n, tuple(t.shape), t.dtype.name) for n, t in found.items())
    return run, Signature("serving_default", tuple(inputs), outputs)


def _named(answer: Any) -> dict[str, Any]:
    import tensorflow as tf

    if isinstance(answer, dict):
        return {str(k): v for k, v in answer.items()}
    return {f"output_{i}": t for i, t in enumerate(tf.nest.flatten(answer))}


def _arguments(model: Any) -> list[tuple[str, list[TensorSpec], Any]]:
    """The arguments of ``call``: name, tensors in order, and what they are packed into."""
    shapes = model._build_shapes_dict or {}
    if set(shapes) <= {"input_shape"}:
        first = next(iter(inspect.signature(model.call).parameters), "inputs")
        shapes = {first: shapes["input_shape"]} if shapes else {}
    found = []
    for argument, shape in shapes.items():
        name = argument.removesuffix("_shape")
        specs, structure = _specs(name, shape)
        found.append((name, specs, structure))
    return found


def _specs(name: str, shape: Any) -> tuple[list[TensorSpec], Any]:
    if isinstance(shape, dict):
        return [_spec(str(k), shape[k]) for k in sorted(shape)], dict.fromkeys(shape, 0)
    if all(d is None or isinstance(d, int) for d in shape):
        return [_spec(name, shape)], 0
    return [_spec(f"{name}_{i}", s) for i, s in enumerate(shape)], [0] * len(shape)


def _spec(name: str, shape: Any, dtype: str = "float32") -> TensorSpec:
    free = (None, *(None if d is None else int(d) for d in tuple(shape)[1:])) if shape else ()
    return TensorSpec(name, free, dtype)

"""Lengths that the free dimensions of a model's inputs can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfmigrate.tensors import Shape, TensorSpec

# Rungs of the search; SpliceAI, the longest net seen, needs more than 10,000.
LADDER = (
    8, 13, 21, 32, 48, 64, 96, 128, 224, 256, 512, 1024, 2048, 4096, 8192, 10240, 10368, 10496
)  # fmt: skip

Fits = Callable[[Mapping[str, Shape]], bool]


def legal_lengths(specs: Sequence[TensorSpec], fits: Fits) -> tuple[int, ...]:
    """Three lengths that the free dimensions of the inputs can have and leave no output empty.

    Args:
        specs: The inputs; their first dimension is the batch.
        fits: Whether the model takes inputs of these shapes; the batch is as in ``specs``.
    """
    if not any(None in spec.shape[1:] for spec in specs):
        return ()
    legal: list[int] = []
    for length in LADDER:
        shapes = {s.name: (*s.shape[:1], *(d or length for d in s.shape[1:])) for s in specs}
        if fits(shapes):
            legal.append(length)
        if len(legal) == 3:
            break
    return tuple(legal)


def of_model(model: Any) -> Fits:
    """Whether a Keras model takes inputs of some shapes, and leaves no output empty."""
    # A declared layer may want whole numbers, and Keras asks for shapes with fractions.
    declared = any(hasattr(layer, "declared_inputs") for layer in model.layers)
    return lambda shapes: _traced(model, shapes) if declared else _computed(model, shapes)


def _computed(model: Any, shapes: Mapping[str, Shape]) -> bool:
    import tensorflow as tf

    given = [(1, *shape[1:]) for shape in shapes.values()]
    try:
        out = model.compute_output_shape(given if len(given) > 1 else given[0])
    except (ValueError, TypeError, tf.errors.InvalidArgumentError):
        return False  # "Dimension -9992 must be >= 0": too short
    flat = [out] if _is_shape(out) else out.values() if isinstance(out, dict) else out
    return all(d is None or d > 0 for shape in flat for d in tuple(shape))


def _traced(model: Any, shapes: Mapping[str, Shape]) -> bool:
    import tensorflow as tf

    from tfmigrate.engines.functional import caller
    from tfmigrate.errors import TfmigrateError

    sized = zip(shapes.items(), model.inputs, strict=True)
    given = {n: tf.TensorSpec((1, *shape[1:]), t.dtype) for (n, shape), t in sized}
    try:
        traced = tf.function(caller(model), autograph=False).get_concrete_function(given)
    except (ValueError, TypeError, TfmigrateError, tf.errors.InvalidArgumentError):
        return False
    found = tf.nest.flatten(traced.structured_outputs)
    return all(d is None or d > 0 for t in found for d in t.shape.as_list())


def _is_shape(out: Any) -> bool:
    return hasattr(out, "rank") or (isinstance(out, tuple) and not any(map(_nested, out)))


def _nested(value: Any) -> bool:
    return isinstance(value, list | tuple) or hasattr(value, "rank")

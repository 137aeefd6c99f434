"""The layers of a Keras model in the order of its computation, nested models taken apart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tfmigrate.engines.legal_names import original
from tfmigrate.results import ModelLayer


def layers_of(model: Any) -> Iterator[tuple[str, Any]]:
    """Every layer but inputs and models, with the names of the models that it stands in.

    Args:
        model: A model of tf_keras or Keras 3.
    """
    for layer in model.layers:
        name = original(model, layer.name)
        if is_model(layer):
            yield from ((f"{name}/{inner}", found) for inner, found in layers_of(layer))
        elif type(layer).__name__ != "InputLayer":
            yield name, layer


def is_model(layer: Any) -> bool:
    """Whether a layer is a functional or sequential model, whose layers answer one by one."""
    return getattr(layer, "layers", None) is not None and getattr(layer, "inputs", None) is not None


def table(model: Any) -> tuple[ModelLayer, ...]:
    """The layers as a report shows them."""
    return tuple(
        ModelLayer(
            name,
            type(layer).__name__,
            _feeding(model, layer, name.rpartition("/")[0]),
            _shape(layer),
            _size(layer),
        )
        for name, layer in layers_of(model)
    )


def _feeding(model: Any, layer: Any, within: str) -> tuple[str, ...]:
    """The layers that feed the first call of a layer."""
    before = f"{within}/" if within else ""
    for node in getattr(layer, "_inbound_nodes", ()):
        parents = getattr(node, "parent_nodes", None)
        if parents is None:
            parents = [t._keras_history for t in _tensors(node) if hasattr(t, "_keras_history")]
        found = (getattr(p, "layer", None) or getattr(p, "operation", None) for p in parents)
        names = (before + original(model, one.name) for one in found if one is not None)
        return tuple(dict.fromkeys(names))
    return ()


def _tensors(node: Any) -> Any:
    return getattr(node, "input_tensors", ())


def _shape(layer: Any) -> tuple[int | None, ...]:
    """The shape of its first output; () where it has none that is known."""
    for node in getattr(layer, "_inbound_nodes", ()):
        outputs = getattr(node, "outputs", ())
        first = outputs[0] if isinstance(outputs, list | tuple) and outputs else outputs
        shape = getattr(first, "shape", None)
        if shape is not None and getattr(shape, "rank", 0) is not None:
            return tuple(None if d is None else int(d) for d in shape)
    return ()


def _size(layer: Any) -> int:
    return sum(math.prod(int(d) for d in v.shape) for v in layer.weights if None not in v.shape)

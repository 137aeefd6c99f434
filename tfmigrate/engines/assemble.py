"""A model from a recipe's layers: the same for both Kerases."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from tfmigrate.errors import NotSupported, Problem, TfmigrateError, shown

Plain = Mapping[str, Any]


def assemble(keras: Any, architecture: Plain, classes: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """The functional model of a recipe's architecture, and the names of its outputs.

    Args:
        keras: The library that builds it.
        architecture: ``inputs``, ``layers`` and ``outputs`` as the recipe has them, every
            parameter and default filled in.
        classes: Layers that take the place of the library's own.

    Raises:
        NotSupported: The library refuses a layer; the layer is named.
    """
    tensors = {n: _input(keras, n, spec) for n, spec in architecture["inputs"].items()}
    inputs = list(tensors.values())
    layers: dict[str, Any] = {}
    previous = next(iter(tensors)) if len(tensors) == 1 else ""
    for spec in architecture["layers"]:
        try:
            layer = layers.get(spec.get("call_layer")) or _layer(keras, spec, classes)
            tensors[spec["name"]] = _called(layer, spec, tensors, previous)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _refused(keras, spec, error) from error
        layers[spec["name"]] = layer
        previous = spec["name"]
    outputs = architecture.get("outputs") or {previous: previous}
    model = keras.Model(inputs, [_tensor(ref, tensors) for ref in outputs.values()])
    return model, list(outputs)


def _input(keras: Any, name: str, spec: Plain) -> Any:
    if not spec["shape"]:
        raise NotSupported("a scalar input cannot be fed to Keras layers", where=name)
    batch, *shape = spec["shape"]
    return keras.Input(shape, batch, dtype=spec.get("dtype", "float32"), name=name)


def _layer(keras: Any, spec: Plain, classes: Mapping[str, Any]) -> Any:
    made = classes.get(spec["layer"]) or getattr(keras.layers, spec["layer"])
    return made(**_arguments(keras, spec.get("with") or {}, classes), name=spec["name"])


def _arguments(keras: Any, given: Plain, classes: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as Keras takes them: ``{layer: LSTM, with: {...}}`` is a layer of its own."""
    return {
        key: _layer(keras, {"name": value.get("name"), **value}, classes)
        if isinstance(value, dict) and "layer" in value
        else value
        for key, value in given.items()
    }


def _called(layer: Any, spec: Plain, tensors: Mapping[str, Any], previous: str) -> Any:
    constants = dict(spec.get("call") or {})
    source = spec.get("from") if spec.get("from") is not None else previous
    if not isinstance(source, dict):
        return layer(_value(source, tensors), **constants)
    values = {name: _value(ref, tensors) for name, ref in source.items()}
    declared = getattr(layer, "declared_inputs", ())
    if declared and values.keys() == set(declared):
        inputs = [values[name] for name in declared]
        return layer(inputs if len(inputs) > 1 else inputs[0], **constants)
    first = next(iter(inspect.signature(layer.call).parameters))
    return layer(values.pop(first), **values, **constants)


def _value(source: Any, tensors: Mapping[str, Any]) -> Any:
    if isinstance(source, list | tuple):
        return [_tensor(ref, tensors) for ref in source]
    return _tensor(source, tensors)


def _tensor(ref: str, tensors: Mapping[str, Any]) -> Any:
    """``lstm`` is a layer's first output, ``lstm.1`` its second."""
    if ref in tensors:
        found = tensors[ref]
        return found[0] if isinstance(found, list | tuple) else found
    name, _, number = ref.rpartition(".")
    return tensors[name][int(number)]


def _refused(keras: Any, spec: Plain, error: Exception) -> TfmigrateError:
    what = spec.get("layer") or f"another call of {spec.get('call_layer')}"
    problem = Problem(
        f"{keras.__name__} refuses {what}: {shown(error, 300)}", where=f"layer {spec['name']}"
    )
    return NotSupported("the recipe's architecture cannot be built", [problem])

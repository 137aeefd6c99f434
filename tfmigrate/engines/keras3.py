"""Keras 3: rebuilt with keras."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from typing import Any

from tfmigrate.engines import assemble as recipes
from tfmigrate.engines import functional
from tfmigrate.engines.blank import blank_variables, variables_for
from tfmigrate.engines.built import Built, Owned, name_variables
from tfmigrate.engines.format_keys import format_keys
from tfmigrate.engines.upgrades import layers
from tfmigrate.errors import NotSupported, Problem
from tfmigrate.lazy import load


def library() -> Any:
    """The Keras of this engine, on TensorFlow."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    return keras


def from_config(config: dict[str, Any]) -> Any:
    """The model of a checked config, its variables blank.

    Args:
        config: The serialised model (``module``, ``class_name``, ``config``) as Keras 3 wrote it.

    Raises:
        NotSupported: Keras does not take the config.
    """
    keras = library()
    config = copy.deepcopy(config)
    _refuse_training(config)
    _name_modules(config)
    with variables_for(config), functional.refusals("Keras"):
        return keras.saving.deserialize_keras_object(config, safe_mode=True)


# Where Keras 3 keeps the classes that a functional graph is made of.
_MODULES = (
    "keras.layers",
    "keras.src.ops.numpy",
    "keras.src.ops.nn",
    "keras.src.ops.core",
    "keras.src.ops.math",
    "keras.src.ops.linalg",
    "keras.src.ops.image",
)
_MODELS = {
    "Sequential": ("keras", "Sequential"),
    "Functional": ("keras.src.models.functional", "Functional"),
    "Model": ("keras.src.models.functional", "Functional"),
}


def _name_modules(config: dict[str, Any]) -> None:
    """Keras 3 H5 files: layers carry no module, which the reader of configs asks for.

    The reader for configs without modules drops ``axis`` lists and replaces strings such as "dot".
    """
    for layer in [config, *(x for x in layers(config) if "inbound_nodes" in x)]:
        if "module" in layer:
            continue
        name = layer["class_name"]
        if name in _MODELS:
            layer["module"], layer["class_name"] = _MODELS[name]
        else:
            layer["module"] = next((m for m in _MODULES if hasattr(load(m), name)), "keras.layers")
        layer["registered_name"] = None
    for model in layers(config):
        if model["class_name"] == "Sequential" and isinstance(model["config"], dict):
            for layer in model["config"].get("layers", []):
                layer.setdefault("module", "keras.layers")
                layer.setdefault("registered_name", None)


# Layers whose answer changes when they are called with training=True.
_TRAINED = ("BatchNormalization", "Dropout", "SpatialDropout", "GaussianNoise", "GaussianDropout")


def _refuse_training(config: dict[str, Any]) -> None:
    """A layer called with training=True: the inference call would override it without a word."""
    told = [
        str(layer.get("name", layer["class_name"]))
        for layer in layers(config)
        for node in layer.get("inbound_nodes", [])
        if layer["class_name"].startswith(_TRAINED)
        and isinstance(node, dict)
        and node.get("kwargs", {}).get("training") is True
    ]
    if told:
        raise NotSupported(
            "layers are called with training=True inside the model, which cannot be exported yet",
            [Problem("called with training=True", where=name) for name in told],
        )


def assemble(architecture: dict[str, Any]) -> tuple[Any, list[str]]:
    """The model of a recipe's architecture, its variables blank, and the names of its outputs.

    Raises:
        NotSupported: Keras refuses a layer.
    """
    with blank_variables():
        return recipes.assemble(library(), architecture, {})


def built(model: Any, outputs: list[str] | None = None, keys: bool = False) -> Built:
    """The model as the export takes it.

    Args:
        model: A functional or sequential model.
        outputs: Names for its outputs, those of the output layers where not given.
        keys: Whether to find out what a `.weights.h5` file calls each variable, a slow walk.
    """
    for layer in model._flatten_layers():
        if hasattr(layer, "use_cudnn"):
            layer.use_cudnn = False
    tables = functional.resources(model)
    infos, variables = name_variables(_owned(model, keys))
    return Built(
        call=functional.caller(model, outputs),
        signature=functional.signature(model, outputs),
        infos=infos,
        variables=variables,
        hints=functional.hints(model),
        reduced=functional.reduced(model),
        restored=lambda: functional.finalize(model),
        resources=tables,
        eager=not tables,  # Keras 3.15's IntegerLookup answers wrongly outside a graph
    )


def _owned(model: Any, with_keys: bool) -> Iterator[Owned]:
    """Every weight once, with its layers and the key that the `.weights.h5` format gives it."""
    keys = _format_keys(model) if with_keys else {}
    positions = functional.reader_positions(model)
    seen: set[int] = set()
    stack: list[tuple[Any, tuple[str, ...]]] = [(model, ())]
    while stack:
        layer, path = stack.pop()
        own = [*layer._trainable_variables, *layer._non_trainable_variables]
        for variable in own:
            if id(variable) not in seen:
                seen.add(id(variable))
                key, position = keys.get(id(variable), ()), positions.get(id(variable), -1)
                yield Owned(path, variable.name, variable.value, key, position)
        stack.extend((c, (*path, c.name)) for c in reversed(layer._layers))


def _format_keys(model: Any) -> dict[int, tuple[str, ...]]:
    from keras.src.saving import saving_lib

    return format_keys(
        lambda store: saving_lib._save_state(model, store, None, "", set()), saving_lib.H5IOStore
    )

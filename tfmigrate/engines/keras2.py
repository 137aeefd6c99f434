"""Keras up to 2.15 and tf.keras: rebuilt with tf_keras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tfmigrate.engines import assemble as recipes
from tfmigrate.engines import (
    functional,
    keras2_kernels,
    layers_of_day,
    legal_names,
    tf1_cells,
    vocabularies,
)
from tfmigrate.engines.blank import blank_variables, variables_for
from tfmigrate.engines.built import Built, Owned, name_variables
from tfmigrate.engines.format_keys import format_keys
from tfmigrate.engines.hints import hints
from tfmigrate.engines.keys_of_2_12 import keys_of_2_12
from tfmigrate.engines.legacy_layers import custom_objects
from tfmigrate.engines.refusals import refusals
from tfmigrate.engines.tracked_names import tracked_names
from tfmigrate.errors import NotSupported


def library() -> Any:
    """The Keras of this engine."""
    import tf_keras

    return tf_keras


def from_config(config: dict[str, Any], objects: Mapping[str, Any] | None = None) -> Any:
    """The model of a checked and upgraded config, its variables blank.

    Args:
        config: ``{"class_name": ..., "config": ...}`` as ``to_json()`` wrote it.
        objects: Classes and functions of the author's, by the names in the config.

    Raises:
        NotSupported: tf_keras does not take the config.
    """
    keras = library()
    classes = {"Sequential": keras.Sequential, "Functional": keras.Model, "Model": keras.Model}
    scope = keras.utils.custom_object_scope({**custom_objects(), **(objects or {})})
    config, originals = legal_names.legalised(config)
    with variables_for(config), refusals("tf_keras"), scope:
        model = classes[config["class_name"]].from_config(_with_ellipses(config["config"]))
    legal_names.remember(model, originals)
    if not model.inputs:
        raise NotSupported(
            "the file does not say which shape the model's input has",
            where=model.name,
            help="give the architecture with --recipe, the first layer with its input shape",
        )
    return model


def _with_ellipses(node: Any) -> Any:
    """The config with what JSON has no word for, as tf.keras 2.3 to 2.15 put it in H5 files.

    Source: ``_decode_helper`` of ``saving/saved_model/json_utils.py``.
    """
    if isinstance(node, dict):
        kind = node.get("class_name")
        if kind == "__ellipsis__":
            return ...
        if kind == "__tuple__":
            return tuple(_with_ellipses(item) for item in node["items"])
        return {key: _with_ellipses(value) for key, value in node.items()}
    return [_with_ellipses(item) for item in node] if isinstance(node, list) else node


def take_vocabularies(model: Any, found: vocabularies.Vocabularies) -> None:
    """Hand the vocabularies of an archive to the lookup layers that they belong to.

    Raises:
        NotSupported: A layer's vocabulary is not there, or not one that it can have.
    """
    from tf_keras.src.layers.preprocessing.index_lookup import IndexLookup
    from tf_keras.src.saving import saving_lib

    vocabularies.fill(model, saving_lib, IndexLookup, found)


def assemble(
    architecture: dict[str, Any], objects: Mapping[str, Any] | None = None
) -> tuple[Any, list[str]]:
    """The model of a recipe's architecture, its variables blank, and the names of its outputs.

    Args:
        architecture: The recipe's ``architecture``, defaults filled in.
        objects: Layers and functions that the recipe declares.

    Raises:
        NotSupported: tf_keras refuses a layer.
    """
    of_day = layers_of_day.classes_of(architecture.get("semantics"), library().layers)
    classes: dict[str, Any] = {**tf1_cells.classes(), **of_day, **(objects or {})}
    scope = library().utils.custom_object_scope(dict(objects or {}))
    with blank_variables(), scope:
        return recipes.assemble(library(), architecture, classes)


def built(model: Any, outputs: list[str] | None = None, keys: bool = False) -> Built:
    """The model as the export takes it.

    Args:
        model: A functional or sequential model.
        outputs: Names for its outputs, those of the output layers where not given.
        keys: Whether to find out what a `.keras` file calls each variable, a slow walk.
    """
    keras2_kernels.lower(model)
    infos, variables = name_variables(_owned(model, keys))
    return Built(
        call=functional.caller(model, outputs),
        signature=functional.signature(model, outputs),
        infos=infos,
        variables=variables,
        hints=lambda: hints(model),
        resources=functional.resources(model),
        reduced=functional.reduced(model),
        restored=lambda: functional.finalize(model),
        model=model,
    )


def _owned(model: Any, with_keys: bool) -> Iterator[Owned]:
    """Every weight once, with the chain of layers it hangs under and its key in a `.keras` file."""
    keys = _format_keys(model) if with_keys else tracked_names(model)
    positions = functional.reader_positions(model)
    seen: set[int] = set()
    stack: list[tuple[Any, tuple[str, ...]]] = [(model, ())]
    while stack:
        layer, path = stack.pop()
        for variable in [*layer._trainable_weights, *layer._non_trainable_weights]:
            # A lookup layer lists its table, which has its vocabulary by now, as a weight.
            if id(variable) not in seen and hasattr(variable, "name"):
                seen.add(id(variable))
                position = positions.get(id(variable), -1)
                # Under a mixed policy layers hold wrappers that cast on use.
                plain = getattr(variable, "_variable", variable)
                key = keys.get(id(variable)) or keys.get(id(plain), ())
                if getattr(layer, "alone", False):  # a variable of a recipe's
                    yield Owned((), "/".join(path), plain)
                    continue
                yield Owned(path, _leaf(variable), plain, key, position)
        children = list(layer._flatten_layers(recursive=False, include_self=False))
        own = legal_names.original
        # Some of TF1's wrappers add nothing to the names of what they hold.
        stack.extend(
            (c, path if getattr(c, "nameless", False) else (*path, own(model, c.name)))
            for c in reversed(children)
        )


def _format_keys(model: Any) -> dict[int, tuple[str, ...]]:
    from unittest import mock

    from tf_keras.src.engine.base_layer import Layer
    from tf_keras.src.saving import saving_lib
    from tf_keras.src.utils import generic_utils

    # The library stores copies of the values; the walk needs the variables themselves.
    with mock.patch.object(Layer, "save_own_variables", _save_variables):
        keys = format_keys(
            lambda store: saving_lib._save_state(model, store, None, "", set()),
            saving_lib.H5IOStore,
        )
    older = keys_of_2_12(model, saving_lib, generic_utils.to_snake_case)
    return {known: (*keys.get(known, ()), key) for known, key in older.items()} | {
        known: found for known, found in keys.items() if known not in older
    }


def _save_variables(layer: Any, store: dict[str, Any]) -> None:
    for i, variable in enumerate([*layer._trainable_weights, *layer._non_trainable_weights]):
        store[f"{i}"] = variable


def _leaf(variable: Any) -> str:
    return str(variable.name).split(":")[0].rsplit("/", 1)[-1]

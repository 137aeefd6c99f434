"""Keras 3: rebuilt with keras."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from typing import Any

from tfmigrate.engines import assemble as recipes
from tfmigrate.engines import functional, keras3_convolutions, legal_names, subclassed, vocabularies
from tfmigrate.engines.blank import blank_variables, variables_for
from tfmigrate.engines.built import Built, Owned, name_variables
from tfmigrate.engines.discretization import whole_number_discretization
from tfmigrate.engines.expression_layer import expression_layer
from tfmigrate.engines.format_keys import format_keys
from tfmigrate.engines.hints import hints
from tfmigrate.engines.refusals import refusals
from tfmigrate.engines.tracked_names import tracked_names
from tfmigrate.engines.upgrades import layers
from tfmigrate.lazy import load


def library() -> Any:
    """The Keras of this engine, on TensorFlow."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    return keras


def from_config(config: dict[str, Any], objects: Mapping[str, Any] | None = None) -> Any:
    """The model of a checked config, its variables blank.

    Args:
        config: The serialised model (``module``, ``class_name``, ``config``) as Keras 3 wrote it.
        objects: Classes and functions of the author's, by the names in the config.

    Raises:
        NotSupported: Keras does not take the config.
    """
    keras = library()
    config = copy.deepcopy(config)
    _name_modules(config)
    own = {
        "ExpressionLayer": expression_layer(keras),
        "WholeNumberDiscretization": whole_number_discretization(keras),
    }
    scope = keras.saving.custom_object_scope({**own, **(objects or {})})
    with variables_for(config), refusals("Keras"), scope:
        return keras.saving.deserialize_keras_object(config, safe_mode=True)


# Where Keras 3 keeps the classes that a functional graph is made of.
_LAYERS = "keras.layers"
_OPS = (
    "keras.src.ops.numpy",
    "keras.src.ops.nn",
    "keras.src.ops.core",
    "keras.src.ops.math",
    "keras.src.ops.linalg",
    "keras.src.ops.image",
)
_NAMED = {
    "Sequential": ("keras", "Sequential"),
    "Functional": ("keras.src.models.functional", "Functional"),
    "Model": ("keras.src.models.functional", "Functional"),
    "GroupedQueryAttention": (_LAYERS, "GroupQueryAttention"),
}


def _name_modules(config: dict[str, Any]) -> None:
    """Keras 3 H5 files: layers carry no module, which the reader of configs asks for.

    The reader for configs without modules drops ``axis`` lists and replaces strings such as "dot".
    """
    for model in list(layers(config)):
        if model["class_name"] == "Sequential" and isinstance(model["config"], dict):
            for layer in model["config"].get("layers", []):
                _name_module(layer)
    for layer in [config, *(x for x in layers(config) if "inbound_nodes" in x)]:
        _name_module(layer)


def _name_module(layer: dict[str, Any]) -> None:
    if "module" in layer:
        return
    name = layer["class_name"]
    if name in _NAMED:
        layer["module"], layer["class_name"] = _NAMED[name]
    else:
        # There are ops and layers called Reshape, Add, Dot; only layers have a dtype.
        inner = layer["config"]
        is_op = isinstance(inner, dict) and not {"trainable", "dtype"} & set(inner)
        homes = (*_OPS, _LAYERS) if is_op else (_LAYERS, *_OPS)
        layer["module"] = next((m for m in homes if hasattr(load(m), name)), _LAYERS)
    layer["registered_name"] = None


def take_vocabularies(model: Any, found: vocabularies.Vocabularies) -> None:
    """Hand the vocabularies of an archive to the lookup layers that they belong to.

    Raises:
        NotSupported: A layer's vocabulary is not there, or not one that it can have.
    """
    from keras.src.layers.preprocessing.index_lookup import IndexLookup
    from keras.src.saving import saving_lib

    vocabularies.fill(model, saving_lib, IndexLookup, found)


def assemble(
    architecture: dict[str, Any], objects: Mapping[str, Any] | None = None
) -> tuple[Any, list[str]]:
    """The model of a recipe's architecture, its variables blank, and the names of its outputs.

    Args:
        architecture: The recipe's ``architecture``, defaults filled in.
        objects: Layers and functions that the recipe declares.

    Raises:
        NotSupported: Keras refuses a layer.
    """
    keras, given = library(), dict(objects or {})
    with blank_variables(), keras.saving.custom_object_scope(given):
        return recipes.assemble(keras, architecture, given)


def built(model: Any, outputs: list[str] | None = None, keys: bool = False) -> Built:
    """The model as the export takes it.

    Args:
        model: A functional or sequential model.
        outputs: Names for its outputs, those of the output layers where not given.
        keys: Whether to find out what a `.weights.h5` file calls each variable, a slow walk.
    """
    if subclassed.is_one(model):
        return _built_of_author(model, keys)
    for layer in model._flatten_layers():
        if hasattr(layer, "use_cudnn"):
            layer.use_cudnn = False
    keras3_convolutions.lower(model)
    functional.infer_by_default(model)
    if not functional.calls_training(model):
        _without_masks(model)
    tables = functional.resources(model)
    infos, variables = name_variables(_owned(model, keys))
    call, signature = functional.caller(model, outputs), functional.signature(model, outputs)
    return Built(
        call=call,
        signature=functional.traced(signature, call) if tables else signature,
        infos=infos,
        variables=variables,
        hints=lambda: hints(model),
        reduced=functional.reduced(model),
        restored=lambda: functional.finalize(model),
        resources=(*tables, *_seeds(model)),
        model=model,
        eager=not tables,  # Keras 3.15's IntegerLookup answers wrongly outside a graph
    )


def _built_of_author(model: Any, keys: bool) -> Built:
    keras3_convolutions.lower(model)
    call, signature = subclassed.parts(model)
    infos, variables = name_variables(_owned(model, keys))
    resources = functional.resources(model)
    reduced = functional.reduced(model)
    return Built(
        call, signature, infos, variables, resources=resources, reduced=reduced, model=model
    )


def _without_masks(model: Any) -> None:
    """Recurrent cells draw their dropout masks before they know that they infer (Keras 3.15)."""
    for layer in model._flatten_layers():
        if hasattr(layer, "get_dropout_mask"):
            layer.dropout = layer.recurrent_dropout = 0.0


def _seeds(model: Any) -> tuple[Any, ...]:
    """The states of the random layers, where some are called with training=True."""
    if not functional.calls_training(model):
        return ()
    return tuple(v.value for v in model.variables if v.name == "seed_generator_state")


def _owned(model: Any, with_keys: bool) -> Iterator[Owned]:
    """Every weight once, with its layers and the key that the `.weights.h5` format gives it."""
    keys = _format_keys(model) if with_keys else tracked_names(model)
    positions = functional.reader_positions(model)
    seen: set[int] = set()
    stack: list[tuple[Any, tuple[str, ...]]] = [(model, ())]
    while stack:
        layer, path = stack.pop()
        own = [*layer._trainable_variables, *layer._non_trainable_variables]
        alone = len(own) == 1 and getattr(layer, "alone", False)
        for variable in own:
            if id(variable) not in seen:
                seen.add(id(variable))
                if alone:  # a variable of a recipe's, called by its entry's name
                    yield Owned((), "/".join(path), variable.value)
                    continue
                key, position = keys.get(id(variable), ()), positions.get(id(variable), -1)
                yield Owned(path, variable.name, variable.value, key, position)
        original = legal_names.original
        stack.extend((c, (*path, original(model, c.name))) for c in reversed(layer._layers))


def _format_keys(model: Any) -> dict[int, tuple[str, ...]]:
    from keras.src.saving import saving_lib

    return format_keys(
        lambda store: saving_lib._save_state(model, store, None, "", set()), saving_lib.H5IOStore
    )

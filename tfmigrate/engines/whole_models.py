"""Models that a recipe takes whole: from keras.applications, or from a builder of the author's."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from tfmigrate.engines.blank import blank_variables
from tfmigrate.errors import NotSupported, nearest, shown

# They set the values of a Normalization layer while they are built.
_WITH_VALUES = ("EfficientNet", "ConvNeXt", "MobileNetV3")


def application(keras: Any, architecture: Mapping[str, Any]) -> tuple[Any, list[str] | None]:
    """A model of ``keras.applications``, its variables blank, and the names of its outputs.

    Args:
        keras: The library that builds it.
        architecture: ``application``, ``with`` and ``outputs`` of the recipe.

    Raises:
        NotSupported: The library refuses the arguments.
    """
    name, given = architecture["application"], dict(architecture.get("with") or {})
    if isinstance(given.get("input_shape"), list):
        given["input_shape"] = tuple(given["input_shape"])
    values = name.startswith(_WITH_VALUES)
    with contextlib.nullcontext() if values else blank_variables():
        try:
            model = getattr(keras.applications, name)(weights=None, **given)
        except (ValueError, TypeError, AttributeError) as error:
            what = f"{keras.__name__} refuses {name}: {shown(error, 300)}"
            raise NotSupported(what, where="architecture.application") from error
    return with_outputs(keras, model, architecture)


def built_by(
    keras: Any, architecture: Mapping[str, Any], function: Any
) -> tuple[Any, list[str] | None]:
    """The model that a builder of the author's makes, its variables blank, and its outputs.

    Args:
        keras: The library that the code runs on.
        architecture: ``python``, ``with``, ``inputs`` and ``outputs`` of the recipe.
        function: The builder.

    Raises:
        NotSupported: What it gives is no model, or one whose inputs nobody says.
    """
    with blank_variables():
        model = function(**(architecture.get("with") or {}))
        if not isinstance(model, keras.Model):
            raise NotSupported(
                f"the builder gives {shown(type(model).__name__)}, no Keras model",
                where=architecture["python"],
                help="give a function that returns the model",
            )
        if architecture.get("inputs"):
            model = _called(keras, model, architecture["inputs"])
    if not getattr(model, "inputs", None):
        raise NotSupported(
            "the builder's model does not say which inputs it takes",
            where=architecture["python"],
            help="say it under architecture.inputs: {x: {shape: [null, 8]}}",
        )
    return with_outputs(keras, model, architecture)


def _called(keras: Any, model: Any, inputs: Mapping[str, Any]) -> Any:
    """A model whose author wrote its call, as a functional one of the inputs that are named."""
    made = {
        name: keras.Input(s["shape"][1:], s["shape"][0], dtype=s.get("dtype") or "float32",
                          name=name)
        for name, s in inputs.items()
    }  # fmt: skip
    given = next(iter(made.values())) if len(made) == 1 else made
    return keras.Model(list(made.values()), model(given, training=False))


def with_outputs(
    keras: Any, model: Any, architecture: Mapping[str, Any]
) -> tuple[Any, list[str] | None]:
    """The model with the outputs that the recipe names; its own where it names none.

    Raises:
        NotSupported: It has no layer of a name.
    """
    wanted: Mapping[str, str] = architecture.get("outputs") or {}
    if not wanted:
        return model, None
    layers = {layer.name: layer for layer in model.layers}
    for layer in wanted.values():
        if layer not in layers:
            near = nearest(layer, layers)
            raise NotSupported(
                f"the model has no layer {shown(layer, 60)}",
                where="architecture.outputs",
                help=f"did you mean {', '.join(near)}?" if near else "",
            )
    outputs = [layers[name].output for name in wanted.values()]
    return keras.Model(model.inputs, outputs, name=model.name), list(wanted)

"""Walking a Keras config of any era, without building anything from it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged

# Where a layer keeps further layers: models, wrappers, Bidirectional, RNN cells, Keras 1's Merge.
_CHILDREN = (
    "layers", "layer", "forward_layer", "backward_layer", "cell", "cells", "lookup_layer",
)  # fmt: skip
LAYER_LIMIT = 20_000
# How a model was to be trained says nothing about what it computes.
_TRAINING = ("compile_config", "training_config")


@dataclass(frozen=True)
class ConfigLayer:
    """A layer, model, wrapped layer or cell of a config.

    Attributes:
        path: Its place, from the outermost layer: ``encoder/time_distributed/dense``;
            "" for the whole model.
        class_name: Its class as the config names it.
        name: Its own name; its class where the config gives none.
        entry: The whole entry, ``class_name`` and ``config`` included.
        parent: The class of the layer it belongs to, "" for the whole model.
    """

    path: str
    class_name: str
    name: str
    entry: dict[str, Any]
    parent: str = ""

    @property
    def config(self) -> dict[str, Any]:
        """Its arguments; empty for a Sequential model whose config is a bare list of layers."""
        found = self.entry.get("config")
        return found if isinstance(found, dict) else {}

    @functools.cached_property
    def values(self) -> tuple[Value, ...]:
        """Everything in its entry except its children and how it was to be trained."""
        return tuple(_values(self))


@dataclass(frozen=True)
class Value:
    """One entry of a layer's config, at any depth of it.

    Attributes:
        key: The nearest key above it (that of the list, for an element of a list).
        value: The value.
        holder: The object that has the key.
    """

    key: str
    value: Any
    holder: dict[str, Any]

    @property
    def direct(self) -> bool:
        """Whether it is the key's own value, and not an element of a list."""
        return self.holder.get(self.key) is self.value


def is_object(value: Any) -> bool:
    """Whether a value is a serialised object: a class name with or without arguments."""
    return isinstance(value, dict) and isinstance(value.get("class_name"), str)


def named_function(config: dict[str, Any]) -> str:
    """The function that a Lambda layer's config only names, "" where it holds code."""
    function = config.get("function")
    if isinstance(function, str) and config.get("function_type") == "function":
        return function
    if is_object(function) and function["class_name"] == "function":  # type: ignore[index]
        return str(function["config"])  # type: ignore[index]
    return ""


def layers(architecture: dict[str, Any]) -> Iterator[ConfigLayer]:
    """Every layer at any depth, the model first, then in file order, parents before children.

    Raises:
        Damaged: It has more than 20,000 layers.
    """
    count = 0
    top = ConfigLayer("", str(architecture.get("class_name", "")), "", architecture)
    waiting = [top]
    while waiting:
        layer = waiting.pop()
        count += 1
        if count > LAYER_LIMIT:
            raise Damaged(f"the config has more than {LAYER_LIMIT:,} layers")
        yield layer
        waiting += reversed(_children(layer))


def top_level(architecture: dict[str, Any]) -> Iterator[ConfigLayer]:
    """The layers of the outermost model only."""
    yield from _children(ConfigLayer("", "", "", architecture))


def is_model(layer: ConfigLayer) -> bool:
    """Whether it is a model of layers rather than a layer."""
    return layer.class_name in ("Sequential", "Model", "Functional", "Graph")


def _values(layer: ConfigLayer) -> Iterator[Value]:
    skipped = {id(c.entry) for c in _children(layer)}
    waiting = [Value("", layer.entry, layer.entry)]
    while waiting:
        here = waiting.pop()
        if here.value is not layer.entry:
            yield here
        if isinstance(here.value, dict):
            waiting += [
                Value(str(k), v, here.value)
                for k, v in reversed(here.value.items())
                if id(v) not in skipped
                # Only a model's own entry: deeper, the readers of configs know no such keys.
                and not (k in _TRAINING and here.value is layer.entry and is_model(layer))
            ]
        elif isinstance(here.value, list):
            waiting += [
                Value(here.key, v, here.holder)
                for v in reversed(here.value)
                if id(v) not in skipped
            ]


def _children(layer: ConfigLayer) -> list[ConfigLayer]:
    config = layer.entry.get("config")
    found: list[Any] = config if isinstance(config, list) else []
    if isinstance(config, dict):
        for key in _CHILDREN:
            value = config.get(key)
            found = found + (value if isinstance(value, list) else [value])
        nodes = config.get("nodes") if layer.class_name == "Graph" else None
        found = found + (list(nodes.values()) if isinstance(nodes, dict) else [])
    return [_child(layer, entry) for entry in found if is_object(entry)]


def _child(parent: ConfigLayer, entry: dict[str, Any]) -> ConfigLayer:
    config = entry.get("config")
    own = config.get("name") if isinstance(config, dict) else None
    name = entry.get("name") if entry.get("name") is not None else own
    name = name if isinstance(name, str) and name else entry["class_name"]
    path = f"{parent.path}/{name}" if parent.path else name
    return ConfigLayer(path, entry["class_name"], name, entry, parent.class_name)

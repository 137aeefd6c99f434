"""The layers of a config and the stored tensors that belong to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tfmigrate.mapping.ops import parse_op, shapes_after
from tfmigrate.tensors import TensorInfo

OpData = dict[str, Any]


@dataclass(frozen=True)
class Restated:
    """A weight as today's layer has it.

    Attributes:
        info: Its name, shape and type today; its group and the names of its layers.
        sources: The stored tensors that it is made of.
        ops: How.
        rule: The rule's name, "name" where nothing is done.
    """

    info: TensorInfo
    sources: tuple[TensorInfo, ...]
    ops: tuple[OpData, ...] = ()
    rule: str = "name"


@dataclass(frozen=True)
class Layer:
    """A layer of a config, with the name that its weights are filed under.

    Attributes:
        name: Its name in the names of weights: ``forward_lstm_1`` inside a Bidirectional.
        class_name: Its class as the file calls it.
        config: Its arguments as the file has them.
        top: The layer of the outermost model that it belongs to.
    """

    name: str
    class_name: str
    config: dict[str, Any]
    top: str


def as_stored(tensor: TensorInfo) -> Restated:
    """A weight that stays as it is."""
    return Restated(tensor, (tensor,))


def made(
    sources: Sequence[TensorInfo], layer: Layer, leaf: str, ops: Sequence[OpData], rule: str
) -> Restated:
    """A weight made of stored tensors by ops; its shape follows.

    Raises:
        OpError: The ops do not fit the stored shapes.
    """
    (shape,) = shapes_after([parse_op(op) for op in ops], [t.shape for t in sources])
    path = f"{layer.name}/{leaf}"
    name = path if layer.top == layer.name else f"{layer.top}/{path}"
    info = TensorInfo(name, shape, sources[0].dtype, group=layer.top, key=path)
    return Restated(info, tuple(sources), tuple(ops), rule)


def layers(config: dict[str, Any]) -> list[Layer]:
    """Every layer below a model, the outer ones first, in the order of the config."""
    inner = config.get("config")
    entries = inner if isinstance(inner, list) else (inner or {}).get("layers", [])
    return [found for entry in entries for found in _below(entry, _name(entry), "")]


def _below(entry: dict[str, Any], top: str, prefix: str) -> Iterator[Layer]:
    config = entry["config"] if isinstance(entry["config"], dict) else {}
    yield Layer(prefix + _name(entry), entry["class_name"], config, top)
    children = entry["config"] if isinstance(entry["config"], list) else config.get("layers", [])
    for child in children if isinstance(children, list) else []:
        yield from _below(child, top, "")
    if isinstance(config.get("layer"), dict):
        both = entry["class_name"] == "Bidirectional"
        for side in ("forward_", "backward_") if both else ("",):
            yield from _below(config["layer"], top, side)
    for key in ("cell", "cells"):
        cells = config.get(key) or []
        for cell in cells if isinstance(cells, list) else [cells]:
            if isinstance(cell, dict) and isinstance(cell.get("class_name"), str):
                yield from _below(cell, top, "")


def _name(entry: dict[str, Any]) -> str:
    config = entry["config"] if isinstance(entry["config"], dict) else {}
    return str(config.get("name") or entry.get("name") or entry["class_name"])


def owner(tensor: TensorInfo, known: Sequence[Layer]) -> Layer | None:
    """The layer of a Keras 2 weight: the innermost one that its path names, else its group's.

    ``lstm_1_2/kernel``: TensorFlow numbers a scope that occurs again.
    """
    own = [layer for layer in known if layer.top == tensor.group]
    path = tensor.key.split(":")[0].split("/")[:-1]
    for part in reversed(path):
        for name in (part, re.sub(r"_\d+$", "", part)):
            for layer in own:
                if layer.name == name:
                    return _wrapped(layer)
    return _wrapped(own[0]) if own else None


def _wrapped(layer: Layer) -> Layer:
    """The layer whose weights a TimeDistributed has under its own name."""
    inner = layer.config.get("layer")
    if layer.class_name != "TimeDistributed" or not isinstance(inner, dict):
        return layer
    config = inner["config"] if isinstance(inner["config"], dict) else {}
    return _wrapped(Layer(layer.name, inner["class_name"], config, layer.top))

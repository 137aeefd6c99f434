"""Walking and rewriting the layers of a model config."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

LayerConfig = dict[str, Any]
Upgrade = Callable[[LayerConfig], None]


def layers(node: Any) -> Iterator[LayerConfig]:
    """Every ``{"class_name", "config"}`` below a config, wrapped and nested ones too."""
    if isinstance(node, dict):
        if isinstance(node.get("class_name"), str) and isinstance(node.get("config"), dict | list):
            yield node
        for value in node.values():
            yield from layers(value)
    elif isinstance(node, list):
        for value in node:
            yield from layers(value)


def upgraded(config: dict[str, Any], table: Iterable[Upgrade]) -> dict[str, Any]:
    """A copy of a model config with every upgrade of a table applied to every layer.

    An upgrade that is marked with :func:`whole_model` sees the whole model instead, once.
    """
    result = copy.deepcopy(config)
    for upgrade in table:
        if getattr(upgrade, "whole_model", False):
            upgrade(result)
            continue
        for layer in list(layers(result)):
            if isinstance(layer["config"], dict):
                upgrade(layer)
    return result


def whole_model(upgrade: Upgrade) -> Upgrade:
    """Marks an upgrade of the model as a whole."""
    upgrade.whole_model = True  # type: ignore[attr-defined]
    return upgrade

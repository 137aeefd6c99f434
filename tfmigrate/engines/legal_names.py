"""Layer names that TensorFlow refuses: replaced inside the model, and original outside.

Keras 1 and standalone Keras 2 on Theano took any text; a name scope of TensorFlow does not.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

_LEGAL = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")


def legalised(config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A copy of a config with legal names, and the original of each name that was replaced."""
    changed = for_layers(_names(config))
    if not changed:
        return config, {}
    return _renamed(copy.deepcopy(config), changed), {v: k for k, v in changed.items()}


def for_layers(names: Iterable[str], slashes: bool = True) -> dict[str, str]:
    """A legal name for each name that is none.

    Args:
        names: The names of all layers.
        slashes: Whether a name may hold a slash; Keras 3 allows none.
    """
    taken, changed = set(names), {}
    for name in sorted(taken):
        if _LEGAL.fullmatch(name) and (slashes or "/" not in name):
            continue
        kept = name if slashes else name.replace("/", "_")
        base = re.sub(r"[^A-Za-z0-9_.\\/>-]", "_", kept).lstrip("_\\/>-") or "layer"
        legal, count = base, 1
        while legal in taken:
            count += 1
            legal = f"{base}_{count}"
        taken.add(legal)
        changed[name] = legal
    return changed


def remember(model: Any, originals: dict[str, str]) -> None:
    """Leave the original names with the model, for whoever says its names outside."""
    model._tfmigrate_originals = originals


def original(model: Any, name: str) -> str:
    """What the file calls a layer of the model."""
    return str(getattr(model, "_tfmigrate_originals", {}).get(name, name))


def _names(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["name"]] if isinstance(node.get("name"), str) and "config" in node else []
        inner = node.get("config")
        if "class_name" in node and isinstance(inner, dict) and isinstance(inner.get("name"), str):
            own.append(inner["name"])
        return own + [n for value in node.values() for n in _names(value)]
    return [n for value in node for n in _names(value)] if isinstance(node, list) else []


def _renamed(node: Any, changed: dict[str, str]) -> Any:
    """The config with names replaced where a layer is named or referred to."""
    if isinstance(node, dict):
        return {
            key: changed.get(value, value)
            if key == "name" and isinstance(value, str)
            else _renamed(value, changed)
            for key, value in node.items()
        }
    if not isinstance(node, list):
        return node
    if len(node) >= 3 and isinstance(node[0], str) and isinstance(node[1], int):
        return [changed.get(node[0], node[0]), *(_renamed(v, changed) for v in node[1:])]
    return [_renamed(v, changed) for v in node]

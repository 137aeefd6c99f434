"""Reading plain data that may be of any type: the wrong type reads as nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfmigrate.recipe.parameters import unresolved
from tfmigrate.recipe.reporter import Path


def mapping(data: Any, key: str) -> dict[str, Any]:
    """The mapping under a key; an empty one if there is none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def items(data: Any, key: str) -> list[Any]:
    """The list under a key; an empty one if there is none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def text(data: Any, key: str) -> str:
    """The text under a key; "" if there is none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, str) and not unresolved(found) else ""


def texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text in a value, lists and mappings walked, with its place."""
    if isinstance(value, str) and value and not unresolved(value):
        yield path, value
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from texts(item, (*path, i))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))

"""What TensorFlow 2.12 calls each variable in a `.weights.h5` or `.keras` file.

Source: ``saving_lib.py`` of Keras 2.12. It walked attributes from a to z and filed a model's layers
under ``_layer_checkpoint_dependencies``, where a layer with weights is listed twice, so that the
second Dense is ``dense_2``. Keras 2.13 files them under ``layers`` and counts each layer once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

_LAYERS = "_layer_checkpoint_dependencies"


def keys_of_2_12(
    model: Any, saving_lib: Any, to_snake_case: Callable[[str], str]
) -> dict[int, str]:
    """Keys by variable identity, of what lies below the model's layers.

    Args:
        model: The rebuilt model.
        saving_lib: The library's module of that name, which tells what is walked.
        to_snake_case: The library's function of that name.
    """
    keys: dict[int, str] = {}
    seen: set[int] = set()
    stack: list[tuple[str, Any]] = [("", model)]
    while stack:
        path, item = stack.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        for i, variable in enumerate(_variables(item)):
            keys.setdefault(id(variable), f"{path}/vars/{i}".lstrip("/"))
        children = _children(item, saving_lib, to_snake_case)
        stack.extend((f"{path}/{name}".lstrip("/"), child) for name, child in reversed(children))
    return {known: key for known, key in keys.items() if key.startswith(f"{_LAYERS}/")}


def _variables(item: Any) -> list[Any]:
    lists = (getattr(item, f"_{kind}_weights", ()) for kind in ("trainable", "non_trainable"))
    return [variable for listed in lists for variable in listed]


def _children(
    item: Any, saving_lib: Any, to_snake_case: Callable[[str], str]
) -> Sequence[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for attribute, value in _attributes(item, saving_lib.ATTR_SKIPLIST - {_LAYERS}):
        if saving_lib._is_keras_trackable(value):
            found.append((attribute, value))
        elif isinstance(value, list | dict | tuple | set):
            inner = list(value.values()) if isinstance(value, dict) else value
            named = _counted(filter(saving_lib._is_keras_trackable, inner), to_snake_case)
            found.extend((f"{attribute}/{name}", child) for name, child in named)
    return found


def _attributes(item: Any, skipped: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for name in dir(item):
        if name.startswith("__") or name in skipped:
            continue
        try:
            value = getattr(item, name)
        except Exception:  # noqa: BLE001 - a property raises anything; the library's walk
            continue  # passes over it too
        yield name, value


def _counted(
    items: Iterable[Any], to_snake_case: Callable[[str], str]
) -> Iterator[tuple[str, Any]]:
    used: dict[str, int] = {}
    for item in items:
        name = to_snake_case(type(item).__name__)
        used[name] = used.get(name, -1) + 1
        yield (f"{name}_{used[name]}" if used[name] else name), item

"""What the `.keras` and `.weights.h5` formats call each variable.

The formats define an index (``layers/dense_1/vars/0``) by walking the model. The walk is the
library's own (``saving_lib._save_state``), with a store that records variables and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def format_keys(save_state: Callable[[Any], None], store: type) -> dict[int, tuple[str, ...]]:
    """Keys by variable identity.

    Args:
        save_state: The library's walk, taking the store.
        store: The library's own store class, whose type the walk checks.
    """
    entries: dict[str, Any] = {}
    save_state(_recorder(store, entries))
    keys: dict[int, tuple[str, ...]] = {}
    for key, variable in entries.items():
        keys[id(variable)] = (*keys.get(id(variable), ()), key)
    return keys


def _recorder(store: type, entries: dict[str, Any]) -> Any:
    class Recorder(store):  # type: ignore[misc]
        def __init__(self) -> None:
            """Opens no file."""

        def __bool__(self) -> bool:
            return True

        def make(self, path: str, metadata: Any = None) -> _Group:
            return _Group(entries, f"{path}/vars".lstrip("/"))

    return Recorder()


class _Group(dict[str, Any]):
    """Stands in for an H5 group: what is stored in it is remembered under its full key."""

    def __init__(self, entries: dict[str, Any], path: str) -> None:
        super().__init__()
        self._entries, self._path = entries, path

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._entries[f"{self._path}/{key}"] = value

"""The dialect of a file's Lambdas: its writer's, and the data format that its other layers show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfmigrate.expressions import Dialect, of_writer
from tfmigrate.results import Writer

_FORMATS = {
    "th": "channels_first", "channels_first": "channels_first",
    "tf": "channels_last", "channels_last": "channels_last",
}  # fmt: skip


def dialect_of(config: Any, writer: Writer) -> Dialect:
    """The dialect; its data format is that of all layers of the model that state one."""
    found = set(_formats(config))
    return of_writer(writer, found.pop() if len(found) == 1 else "")


def _formats(config: Any) -> Iterator[str]:
    waiting = [config]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            said = node.get("data_format") or node.get("dim_ordering")
            if isinstance(said, str) and said in _FORMATS:
                yield _FORMATS[said]

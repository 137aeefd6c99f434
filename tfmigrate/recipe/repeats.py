"""How often an entry of the architecture stands there, and with which values each time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.recipe.parameters import Filler, unresolved
from tfmigrate.recipe.reporter import Path
from tfmigrate.recipe.scope import Scope

_MAX = 10_000


@dataclass(frozen=True)
class Instance:
    """One of the times that an entry stands there.

    Attributes:
        values: ``index``, and the arguments of this time.
        given: The arguments of this time alone.
        numbered: Its name gets its number behind it.
    """

    values: dict[str, Any]
    given: dict[str, Any] | None = None
    numbered: bool = False


def instances(raw: dict[str, Any], path: Path, scope: Scope, filler: Filler) -> list[Instance]:
    """The instances of an entry; one where it is not repeated.

    What is wrong with ``repeat`` and ``start`` goes to the report of ``filler``.
    """
    if raw.get("repeat") is None:
        if raw.get("start") is not None:
            filler.report.add((*path, "start"), "`start` needs a `repeat`")
        return [Instance({})]
    repeat = filler.filled(raw["repeat"], (*path, "repeat"), scope.values)
    start = filler.filled(raw.get("start", 1), (*path, "start"), scope.values)
    if unresolved(repeat) or unresolved(start):
        return []
    if type(start) is not int or start < 0:
        _wrong(filler, (*path, "start"), "start", start, "a whole number, as 0")
        return []
    if isinstance(repeat, list):
        found = [_of_item(item, start + i) for i, item in enumerate(repeat)]
    elif type(repeat) is int and 0 <= repeat <= _MAX:
        found = [({"index": start + i}, None) for i in range(repeat)]
    else:
        expected = "a whole number, or a list with the arguments of each time"
        _wrong(filler, (*path, "repeat"), "repeat", repeat, expected)
        return []
    name = raw.get("name")
    numbered = isinstance(name, str) and not _varies(name, found)
    return [Instance(values, given, numbered) for values, given in found]


def _varies(name: str, found: list[tuple[dict[str, Any], dict[str, Any] | None]]) -> bool:
    """Whether a name holds something that is another each time."""
    keys = {key for values, _ in found for key in values}
    return any(re.search(rf"\$(\([^)]*\$)?{re.escape(key)}\b", name) for key in keys)


def _of_item(item: Any, index: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    if isinstance(item, dict):
        return {**item, "index": index}, item
    return {"index": index, "item": item}, None


def _wrong(filler: Filler, path: Path, key: str, value: Any, expected: str) -> None:
    what = f"{key} must be {expected.partition(',')[0]}"
    filler.report.add(path, what, found=shown(value, 60), expected=expected)

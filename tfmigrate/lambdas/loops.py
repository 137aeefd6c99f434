"""Lambdas made in a loop: the file keeps the last value of the loop's variable for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tfmigrate.errors import Damaged
from tfmigrate.lambdas import stored


def alike(configs: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[tuple[str, ...], ...]:
    """Groups of Lambdas with the same code and equal closures that are not empty.

    A closure is stored as it is when the model is saved. Where a loop made the Lambdas, they share
    its variable, and all are stored with its last value: what each computed is not in the file.
    Lambdas of one helper function, called twice with one value, look just the same.

    Args:
        configs: The path and the config of each Lambda layer.
    """
    groups: dict[tuple[bytes, str], list[str]] = {}
    for path, config in configs:
        try:
            found = stored.read(config.get("function"))
        except Damaged:
            continue
        if found.closure:
            key = (found.code, json.dumps(found.closure, sort_keys=True, default=str))
            groups.setdefault(key, []).append(path)
    return tuple(tuple(paths) for paths in groups.values() if len(paths) > 1)

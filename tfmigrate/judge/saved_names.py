"""Readable names for the variables of a SavedModel: their own where these tell them apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tfmigrate.graphs.names import variable_names
from tfmigrate.judge.saved_functions import HANDLES
from tfmigrate.results import Assignment, Source

# What TensorFlow calls a variable that nobody named.
_NAMELESS = re.compile(r"(.*/)?(Variable|variable|VarHandleOp)(_\d+)?|" + HANDLES + "/.*")
# The lists that Keras 3 files all weights in: their paths say less than names.
_LISTED = re.compile(r"(_all_|trainable_|non_trainable_)?variables/\d+")


def public(
    nodes: Sequence[str],
    own: Mapping[str, str],
    values: Sequence[Assignment],
    source: Source,
) -> dict[str, str]:
    """The name of each variable in the export, by node.

    Args:
        nodes: The variables that are needed.
        own: Names that objects give their variables.
        values: Where their values lie: the path of an object is a name too.
        source: The SavedModel; its tensors know whether their names are paths.
    """
    paths = {a.targets[0]: a.sources[0] for a in values if len(a.targets) == 1}
    named = {n: own.get(n) or n for n in nodes}
    count = Counter(named.values())
    chosen: dict[str, str] = {}
    for node, name in sorted(named.items(), key=lambda item: _order(paths.get(item[0], item[0]))):
        nameless = _NAMELESS.fullmatch(name) is not None
        path = paths.get(node, "")
        if path and (nameless or count[name] > 1) and (nameless or not _LISTED.fullmatch(path)):
            name = path
        chosen[node] = _free(name, set(chosen.values()))
    legal = variable_names(sorted(chosen.values()))
    return {n: legal[chosen[n]] for n in nodes}


def _order(path: str) -> list[tuple[int, str]]:
    """Paths in the order of the numbers in them."""
    return [(int(p) if p.isdecimal() else -1, p) for p in path.split("/")]


def _free(name: str, taken: set[str]) -> str:
    """The name, numbered where it is taken."""
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free

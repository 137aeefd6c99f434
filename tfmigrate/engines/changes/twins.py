"""Layers, or parts of one, that have each other's weights."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from tfmigrate.engines.changes.base import Change, View, exchanged
from tfmigrate.tensors import VariableInfo

# Variables of one cell that may have the same shape.
_LEAVES = (("kernel", "recurrent_kernel"), ("weights", "recurrent_weights"))


def propose(view: View) -> Iterator[Change]:
    """Parts of the layer exchanged (forward and backward, query and key), then whole layers."""
    groups = list(view.groups())
    for one, other in itertools.combinations(groups, 2):
        pairs = _pairs(list(one.values()), list(other.values()))
        if pairs:
            what = f"has the weights of {_named(view, one)} and {_named(view, other)} exchanged"
            yield exchanged(view, "twins", what, pairs)
    for group in groups:
        for a, b in _LEAVES:
            if a in group and b in group and group[a].shape == group[b].shape:
                what = f"has {a} and {b} exchanged"
                yield exchanged(view, "twins", what, [(group[a], group[b])])
    for path, variables in view.twins.items():
        pairs = list(zip(view.variables, variables, strict=True))
        yield exchanged(view, "twins", f"has the weights of {path}, and {path} its own", pairs)


def _pairs(
    one: Sequence[VariableInfo], other: Sequence[VariableInfo]
) -> list[tuple[VariableInfo, VariableInfo]]:
    """Their variables two by two; none where they are not alike."""
    alike = [(v.leaf, v.shape) for v in one] == [(v.leaf, v.shape) for v in other]
    return list(zip(one, other, strict=True)) if alike else []


def _named(view: View, group: Mapping[str, VariableInfo]) -> str:
    info = next(iter(group.values()))
    name = info.name.removeprefix(f"{view.path}/").rpartition("/")[0]
    return name or view.path

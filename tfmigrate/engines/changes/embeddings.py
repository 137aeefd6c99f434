"""Rows of embeddings that ids miss."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tfmigrate.engines.changes.base import Array, Arrays, Change, Rule, View, by_rule
from tfmigrate.tensors import VariableInfo


def _after(table: Array) -> Array:
    return np.concatenate([table[1:], np.zeros_like(table[:1])])


def _before(table: Array) -> Array:
    return np.concatenate([np.zeros_like(table[:1]), table[:-1]])


_AFTER = Rule(({"slice": {"axis": 0, "start": 1}}, {"pad": {"axis": 0, "after": 1}}), _after)
_BEFORE = Rule(({"slice": {"axis": 0, "stop": -1}}, {"pad": {"axis": 0, "before": 1}}), _before)


def propose(view: View) -> Iterator[Change]:
    """Shifted by one, as where the id 0 is for padding or out of vocabulary."""
    for info in view.variables:
        if is_embedding(view, info):
            what = "looks up the row after that of an id"
            yield by_rule(view, "embedding rows", what, [info], _AFTER)
            what = "looks up the row before that of an id"
            yield by_rule(view, "embedding rows", what, [info], _BEFORE)


def is_embedding(view: View, info: VariableInfo) -> bool:
    """Whether ids look up the rows of a variable."""
    if len(info.shape) != 2 or info.shape[0] < 2:
        return False
    return view.a("Embedding") or (not view.kinds and "embedding" in info.name.lower())


def shuffled(view: View, info: VariableInfo, seed: int) -> Change:
    """Half of the rows, drawn, in each other's places: fewer rows than that prove little."""

    def run(values: Arrays) -> Arrays:
        table = values[info.name]
        rows = np.random.Generator(np.random.PCG64(seed)).permutation(len(table))
        moved = rows[: max(2, len(table) // 2)]
        new = table.copy()
        new[moved] = table[np.roll(moved, 1)]  # one cycle: none of them stays
        return {info.name: new}

    what = "looks up other rows than those of half of the ids"
    return Change("embedding rows", view.path, what, "rows in another order", (info.name,), run)

"""Rows that differ only in the numbers of their names, folded to one: ``block{1..5}_conv``."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

# At most nine digits: Python refuses to convert a hostile name of thousands.
_NUMBER = re.compile(r"([0-9]{1,9})")


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
        name: The name, whose numbers may be folded.
        cells: What must be equal for two rows to be folded.
        count: A number that adds up when rows are folded.
        members: How many rows this one stands for.
    """

    name: str
    cells: tuple[str, ...] = ()
    count: int = 0
    members: int = 1


def fold(rows: Sequence[Row]) -> list[Row]:
    """Rows of one name pattern and equal cells as one row, where the first of them was.

    A pattern says which numbers occur, not which combinations, so a folded name also says how
    many rows it stands for where that is not plain from the numbers.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for row in rows:
        groups.setdefault((_NUMBER.sub("0", row.name), row.cells), []).append(row)
    return [_as_one(group) for group in groups.values()]


def _as_one(group: list[Row]) -> Row:
    if len(group) == 1:
        return group[0]
    parts = list(zip(*(_NUMBER.split(row.name) for row in group), strict=True))
    spoken = [_numbers(part) if i % 2 else part[0] for i, part in enumerate(parts)]
    # Numbers that always go together ("conv1 -> conv1") count once.
    combinations = math.prod(len(set(part)) for part in set(parts[1::2]))
    name = "".join(spoken)
    if combinations != len(group):
        name += f" ({len(group)} of them)"
    return Row(name, group[0].cells, sum(r.count for r in group), len(group))


def _numbers(texts: Sequence[str]) -> str:
    found = sorted(set(texts), key=lambda t: (int(t), t))
    if len(found) == 1:
        return found[0]
    # In a run of consecutive numbers, number minus position stays the same.
    runs = itertools.groupby(enumerate(found), lambda pair: int(pair[1]) - pair[0])
    spans = [[text for _, text in run] for _, run in runs]
    return "{" + ",".join(s[0] if len(s) == 1 else f"{s[0]}..{s[-1]}" for s in spans) + "}"

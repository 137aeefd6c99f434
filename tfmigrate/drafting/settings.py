"""Values that a parameter of a recipe could have, as names and sizes of a source suggest them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

# Parameters that stand for a choice, by their names in the library.
_CHOICES: dict[str, tuple[str, ...]] = {
    "depth": ("50", "101", "152", "200"),
    **dict.fromkeys(
        ("depth_multiplier", "alpha"), ("0.25", "0.35", "0.5", "0.75", "1.0", "1.3", "1.4")
    ),
    "head": ("fc1000", "probs", "predictions"),
    "cell": ("LSTMCell", "GRUCell", "BasicLSTMCell", "BasicRNNCell"),
}
_NUMBER = re.compile(r"\d+")
_MOST = 6


def offers(
    key: str, value: Any, names: Iterable[str], differences: Sequence[tuple[int, int]]
) -> list[str]:
    """Other values for a parameter, as ``--set`` takes them, the likeliest first.

    Args:
        key: Its name.
        value: What it is now.
        names: The source's layers.
        differences: Sizes that the recipe gives with it, and the ones that the source has.
    """
    found: list[str] = list(_CHOICES.get(key, ()))
    if isinstance(value, bool):
        found = ["false" if value else "true"]
    elif isinstance(value, int):
        meant = [mine for theirs, mine in differences if theirs == value]
        found += ["2"] if 1 in meant else []  # a single logit stands for two classes
        found += [str(mine) for mine in meant]
        found += [str(n) for n in sorted(_counts(names)) if value <= 64 and n <= 64][:_MOST]
        found += _scaled(value, differences)
    elif isinstance(value, float):
        found += _scaled(value, differences)
    elif isinstance(value, str):
        found += sorted({name.partition("/")[0] for name in names if name})[:_MOST]
    elif value is None:
        found += [str(mine) for _, mine in differences[-_MOST:]]
    elif isinstance(value, list):
        found += _lists(value, differences)
    return list(dict.fromkeys(f for f in found if f != _spelt(value)))


def _spelt(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _counts(names: Iterable[str]) -> set[int]:
    """How many of something there may be: one above each last number, counted from 0 or from 1."""
    last: dict[str, int] = {}
    for name in names:
        for match in _NUMBER.finditer(name):
            if len(match[0]) < 4:
                stem = name[: match.start()]
                last[stem] = max(last.get(stem, 0), int(match[0]))
    return {n for most in last.values() for n in (most, most + 1)}


def _scaled(value: float, differences: Sequence[tuple[int, int]]) -> list[str]:
    """The value by the factor that most sizes are off by."""
    ratios = Counter(round(mine / theirs, 4) for theirs, mine in differences)
    scaled = [value * ratio for ratio, _ in ratios.most_common(2)]
    if isinstance(value, int):
        return [str(round(s)) for s in scaled if s >= 1 and abs(s - round(s)) < 0.01]
    return [f"{s:g}" for s in scaled]


def _lists(value: Sequence[Any], differences: Sequence[tuple[int, int]]) -> list[str]:
    """Shorter lists, and lists in which one size is what the source has in its place."""
    if not all(type(v) is int for v in value):
        return []
    found = [list(value[:n]) for n in range(1, len(value))]
    for theirs, mine in dict.fromkeys(differences):
        for i, size in enumerate(value):
            if size == theirs:
                found.append([*value[:i], mine, *value[i + 1 :]])
    return [json.dumps(f) for f in found]

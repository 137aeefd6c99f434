"""Recipes that a recipe extends: their sections come behind its own.

A block, a declaration or a parameter of the recipe's own takes the place of an inherited one of
its name; its own weight rules go first, and an inherited rule or parameter need not be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfmigrate.errors import Problem, RecipeProblem, shown
from tfmigrate.recipe import library
from tfmigrate.recipe.reporter import Path as Place
from tfmigrate.recipe.reporter import Reporter
from tfmigrate.recipe.spots import Spots
from tfmigrate.recipe.tolerant import items, mapping
from tfmigrate.recipe.yaml_nodes import parse

_MAX_DEPTH = 8
_MAX_BYTES = 1 << 20
_NAMED = ("parameters", "blocks", "layer_types", "functions")
_WHOLE = ("architecture", "signatures", "parity")
_LISTED = ("rules", "ignore")


@dataclass
class Inherited:
    """What a recipe gets from others.

    Attributes:
        data: The recipe with it.
        spots: The file that each inherited place comes from.
        texts: The text of each recipe that it extends, by the name that was given.
        levels: Of weight rules, and of lists of what to ignore: how many recipes lie between this
            one and the one that each comes from.
    """

    data: dict[str, Any]
    spots: dict[Place, Spots] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    levels: dict[str, list[int]] = field(default_factory=dict)


def inherited(data: dict[str, Any], file: str, report: Reporter, depth: int = 0) -> Inherited:
    """A recipe with everything that it extends.

    Args:
        data: The recipe as plain data.
        file: Its file; paths are relative to that.
        report: Where mistakes go; also told which file each inherited place comes from.
        depth: How many recipes lie between this one and the one that was asked for.
    """
    own = {key: [0] * len(items(data.get("weights"), key)) for key in _LISTED}
    found = Inherited(dict(data), levels=own)
    given = data.get("extends")
    names = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    for i, name in enumerate(names):
        place: Place = ("extends", i) if isinstance(given, list) else ("extends",)
        if isinstance(name, str) and name:
            _take(found, name, file, place, report, depth)
    report.elsewhere |= {p: (s.file, s.places) for p, s in found.spots.items()}
    return found


def _take(
    found: Inherited, name: str, file: str, place: Place, report: Reporter, depth: int
) -> None:
    if depth >= _MAX_DEPTH:
        report.add(place, f"recipes extend each other deeper than {_MAX_DEPTH}: one seems to"
                   " extend itself", found=shown(name))  # fmt: skip
        return
    try:
        path, text = _read(name, file)
    except RecipeProblem as error:
        report.add(place, f"{error.what}: {shown(name)}", help=error.help)
        return
    document = parse(text, file=path)
    inner = Reporter(path, document.lines, document.broken)
    inner.problems += document.problems
    if not document.whole or not isinstance(document.data, dict):
        inner.add((), "a recipe must be a mapping")
        report.problems += inner.problems
        return
    parent = inherited(document.data, path, inner, depth + 1)
    report.problems += _told_once(inner.problems, report.problems)
    found.texts |= {**parent.texts, name: text}
    lines = tuple(text.splitlines())
    spots = Spots(path, lines, document.texts, document.data, {}, document.lines)
    _merge(found, parent, spots)


def _read(name: str, file: str) -> tuple[str, str]:
    beside = Path(file).parent / name
    path = beside if beside.is_file() else library.find(name)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RecipeProblem("the recipe that this one extends is too large")
        return str(path), path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeProblem("the recipe that this one extends cannot be read") from error


def _told_once(new: list[Problem], old: list[Problem]) -> list[Problem]:
    return [problem for problem in new if problem not in old]


def _merge(found: Inherited, parent: Inherited, spots: Spots) -> None:
    """Put the parent's sections behind what is there."""
    data = found.data
    for section in _NAMED:
        own = mapping(data, section)
        new = {k: v for k, v in mapping(parent.data, section).items() if k not in own}
        if new:
            data[section] = {**own, **new}
        for name in new:
            found.spots[(section, name)] = parent.spots.get((section, name), spots)
    for section in _WHOLE:
        if data.get(section) is None and parent.data.get(section) is not None:
            data[section] = parent.data[section]
            found.spots[(section,)] = parent.spots.get((section,), spots)
    weights, theirs = dict(mapping(data, "weights")), mapping(parent.data, "weights")
    for key in _LISTED:
        own_items = items(weights, key)
        for i, _ in enumerate(items(theirs, key)):
            new_place, old_place = ("weights", key, len(own_items) + i), ("weights", key, i)
            home = parent.spots.get(old_place, spots)
            found.spots[new_place] = _moved(home, old_place, new_place)
        found.levels[key] += [level + 1 for level in parent.levels[key]]
        if items(theirs, key):
            weights[key] = [*own_items, *items(theirs, key)]
    if theirs:
        data["weights"] = {**{k: v for k, v in theirs.items() if k not in _LISTED}, **weights}


def _moved(spots: Spots, old: Place, new: Place) -> Spots:
    """The places of an item of a list where the item has another number."""
    return Spots(spots.file, spots.lines, places=_shifted(spots.places, old, new))


def _shifted(places: Mapping[Place, int], old: Place, new: Place) -> dict[Place, int]:
    size = len(old)
    return {(*new, *place[size:]): line for place, line in places.items() if place[:size] == old}

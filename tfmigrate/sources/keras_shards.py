"""Weights of Keras 3.10 and later in several files: ``X.weights.json`` and its shards beside it.

Source: ``ShardedH5IOStore`` of Keras 3.10 to 3.15. The index maps each group of variables to the
shards (``X_00000.weights.h5``) that hold them; one group may lie in two.
"""

from __future__ import annotations

import contextlib
import functools
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged, NotSupported, Problem, SourceProblem, shown
from tfmigrate.sources import h5_walls, keras_v3_layout, strict_json
from tfmigrate.sources.base import Values
from tfmigrate.sources.h5_datasets import Dataset

_SUFFIX = ".weights.json"
_COPY = "copy the index and all of its shards again, from one and the same save"


@dataclass(frozen=True)
class Shards(h5_walls.Opened):
    """The open shards as if they were one file.

    Attributes:
        parts: The shards, in the order of the index.
    """

    parts: tuple[h5_walls.Opened, ...] = ()

    @functools.cached_property
    def links(self) -> dict[str, int]:
        """Every object's path in any shard; addresses mean nothing here."""
        return {path: 0 for part in self.parts for path in part.links}

    @functools.cached_property
    def datasets(self) -> dict[str, Dataset]:
        """Every dataset of every shard.

        Raises:
            Damaged: Two shards hold the same one.
        """
        found: dict[str, Dataset] = {}
        for part in self.parts:
            if twice := sorted(found.keys() & part.datasets.keys()):
                what = f"{shown(', '.join(twice), 200)} is in an earlier shard too"
                raise Damaged(what, where=part.where, help=_COPY)
            found |= part.datasets
        return found

    def group(self, path: str) -> Any:
        """The group of the first shard that has it; that one holds its attributes."""
        return next((g for part in self.parts if (g := part.group(path)) is not None), None)


def index_of(path: pathlib.Path) -> pathlib.Path | None:
    """The index that a path means: itself, or the only one in a folder; None where it is none.

    Raises:
        NotSupported: A folder holds several.
    """
    if path.is_dir():
        found = [p for p in sorted(path.glob(f"*{_SUFFIX}")) if _weight_map(p) is not None]
        if len(found) > 1:
            raise NotSupported(
                f"the folder holds {len(found)} sets of weights", where=str(path),
                help=f"give one of them: {shown(', '.join(p.name for p in found), 300)}",
            )  # fmt: skip
        return found[0] if found else None
    return path if path.suffix == ".json" and _weight_map(path) is not None else None


def files(index: pathlib.Path) -> tuple[pathlib.Path, ...]:
    """The shards of an index, each once.

    Raises:
        Damaged: It names none, one that lies elsewhere, or one that is not there.
    """
    places = _places(index)
    names = dict.fromkeys(name for group in places.values() for name in group)
    problems = []
    for name in names:
        if not re.fullmatch(r"[^/\\]+\.weights\.h5", name):
            problems.append(Problem("it is no shard beside the index", where=shown(name)))
        elif not (index.parent / name).is_file():
            problems.append(Problem("it is not there", where=shown(name)))
    if problems or not names:
        raise Damaged("its shards are not complete", problems, where=str(index), help=_COPY)
    return tuple(index.parent / name for name in names)


@contextlib.contextmanager
def opened(index: pathlib.Path) -> Iterator[Shards]:
    """Open all shards of an index for reading.

    Raises:
        Damaged: One is missing or cut, or they hold something else than the index says.
    """
    with contextlib.ExitStack() as stack:
        parts = tuple(stack.enter_context(h5_walls.opened(file)) for file in files(index))
        shards = Shards(None, str(index), index, parts=parts)
        _check(shards, _places(index))
        yield shards


def reader(shards: Shards) -> Values:
    """A function from tensor name to its values, read-only."""
    readers = [(part, keras_v3_layout.reader(part)) for part in shards.parts]

    def read_one(name: str) -> Any:
        return next((r for part, r in readers if name in part.datasets), readers[0][1])(name)

    return read_one


def _check(shards: Shards, places: dict[str, tuple[str, ...]]) -> None:
    held: dict[str, set[str]] = {group: set() for group in places}
    for part in shards.parts:
        for dataset in part.datasets:
            group, _, _ = dataset.rpartition("/")
            held.setdefault(group, set()).add(pathlib.Path(part.where).name)
    wrong = [g for g, names in held.items() if not names or names - set(places.get(g, ()))]
    if wrong:
        raise Damaged(
            "its shards do not hold what it says",
            [Problem("the variables are elsewhere", where=shown(group)) for group in wrong],
            where=shards.where, help=_COPY,
        )  # fmt: skip


def _places(index: pathlib.Path) -> dict[str, tuple[str, ...]]:
    found = {}
    for group, names in (_weight_map(index) or {}).items():
        listed = names if isinstance(names, list) else [names]
        if not all(isinstance(name, str) for name in listed):
            raise Damaged("the index names a shard by no text", where=shown(group), help=_COPY)
        found[str(group).strip("/")] = tuple(listed)
    return found


def _weight_map(path: pathlib.Path) -> dict[str, Any] | None:
    if not path.is_file() or path.stat().st_size > strict_json.SIZE_LIMIT:
        return None
    try:
        found = strict_json.parse(path.read_bytes(), str(path))
    except SourceProblem:
        return None
    places = found.get("weight_map") if isinstance(found, dict) else None
    return places if isinstance(places, dict) else None

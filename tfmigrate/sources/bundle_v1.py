"""TF1 checkpoints of format V1: one table (or several shards) that holds names, shapes and values.

The first entry of every shard, under the empty key, lists its tensors and their slices; only that
entry is read. The slices themselves are left to TensorFlow's own reader. Rules:
``tensorflow/core/util/saved_tensor_slice.proto``.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, Problem, shown
from tfmigrate.sources import protos, slices, table
from tfmigrate.sources.wire import AGAIN

SHARD = re.compile(r"(?P<prefix>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})", re.DOTALL)
_META = b"\x0a"  # SavedTensorSlices.meta; a V2 header starts with its number of shards


@dataclass(frozen=True)
class Tensor:
    """A tensor of a V1 checkpoint: its type and full shape."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class CheckpointV1:
    """A V1 checkpoint: its files, and every tensor by name."""

    prefix: Path
    files: tuple[Path, ...]
    tensors: Mapping[str, Tensor]


def is_v1(path: Path) -> bool:
    """Whether a file is a V1 checkpoint, or a shard of one; reads its ends alone."""
    if not table.has_magic(path):
        return False
    try:
        key, value = table.peek(table.open_table(path))
    except Damaged:
        return False
    return key == b"" and value[:1] == _META


def files_of(path: Path) -> tuple[Path, ...]:
    """The files of the checkpoint that ``path`` is a prefix, a file or a shard of; () for none.

    Raises:
        Damaged: A shard is missing.
    """
    if is_v1(path):
        found = SHARD.fullmatch(path.name)
        return (
            _all_shards(path.with_name(found["prefix"]), int(found["count"])) if found else (path,)
        )
    shards = _shards_beside(path)
    return _all_shards(path, shards[0][1]) if shards else ()


def _shards_beside(prefix: Path) -> list[tuple[Path, int]]:
    found = []
    for path in sorted(prefix.parent.iterdir()) if prefix.parent.is_dir() else ():
        shard = SHARD.fullmatch(path.name)
        if shard and shard["prefix"] == prefix.name and is_v1(path):
            found.append((path, int(shard["count"])))
    return found


def _all_shards(prefix: Path, count: int) -> tuple[Path, ...]:
    names = [f"{prefix.name}-{number:05d}-of-{count:05d}" for number in range(count)]
    missing = [n for n in names if not prefix.with_name(n).is_file()]
    if missing:
        raise Damaged(
            f"{len(missing)} of {count} shards are missing",
            [Problem("missing", where=shown(name)) for name in missing[:50]],
            where=str(prefix),
            help="copy the checkpoint again, with all of its files",
        )
    return tuple(prefix.with_name(name) for name in names)


def open_v1(path: Path) -> CheckpointV1:
    """The V1 checkpoint at a prefix, a file or a shard; values are not read.

    Raises:
        Damaged: It is cut or inconsistent, or a shard or a slice is missing.
    """
    files = files_of(path)
    problems: list[Problem] = []
    pieces: dict[str, list[Any]] = {}
    for file in files:
        for proto in _listed(file):
            pieces.setdefault(proto.name, []).append(proto)
    found = {name: _tensor(name, protos_, problems) for name, protos_ in pieces.items()}
    if problems or not found:
        what = f"{len(problems)} of {len(found)} tensors are wrong" if found else "no tensor in it"
        raise Damaged(what, problems[:50], where=str(path), help=AGAIN)
    return CheckpointV1(path, files, types.MappingProxyType(found))


def _listed(file: Path) -> Iterator[Any]:
    key, value = table.first(table.open_table(file))
    if key != b"" or value[:1] != _META:
        raise Damaged("the list of tensors is missing", where=str(file), help=AGAIN)
    yield from protos.parse("SavedTensorSlices", value, str(file)).meta.tensor


def _tensor(name: str, listed: list[Any], problems: list[Problem]) -> Tensor:
    shape = tuple(d.size for d in listed[0].shape.dim)
    found = Tensor(protos.dtype(listed[0].type), shape)
    if not found.dtype or min(shape, default=0) < 0 or math.prod(d or 1 for d in shape) >= 1 << 63:
        problems.append(Problem("its type or shape is impossible", where=shown(name)))
    elif any((p.type, p.shape) != (listed[0].type, listed[0].shape) for p in listed):
        problems.append(Problem("shards disagree on its type or shape", where=shown(name)))
    elif not _whole(shape, [slices.extents(s) for p in listed for s in p.slice]):
        problems.append(Problem("its slices overlap or leave a hole", where=shown(name)))
    return found


def _whole(shape: tuple[int, ...], found: list[slices.Extents]) -> bool:
    boxes = []
    for extents in found:
        lengths = slices.lengths(shape, extents)
        if lengths is None:
            return False
        boxes.append((tuple(start for start, _ in extents), lengths))
    return slices.tiles(shape, boxes)

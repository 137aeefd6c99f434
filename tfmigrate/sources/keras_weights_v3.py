"""Keras's ``.weights.h5``: variables filed by attribute path, without an architecture."""

from __future__ import annotations

import contextlib
import pathlib
import re
from collections.abc import Iterator

from tfmigrate.errors import NotSupported, SourceProblem
from tfmigrate.results import Source, Writer
from tfmigrate.sources import beside, h5_header, h5_walls, keras_v3_layout, strict_json
from tfmigrate.sources.base import Values

KINDS = {"keras-weights-v3": "Keras .weights.h5, weights only"}

_SHARDED_HELP = "load it with the Keras that wrote it and save the weights into one .weights.h5"


def identify(path: pathlib.Path) -> str | None:
    """The variant, from the groups; the verbs are those of ``base.Format``.

    Raises:
        NotSupported: The weights are spread over several files.
    """
    if h5_header.start(path) is None:
        _refuse_shard_index(path)
        return None
    with h5_walls.opened(path) as h5:
        return "keras-weights-v3" if keras_v3_layout.is_one(h5) else None


def describe(path: pathlib.Path, kind: str) -> Source:
    """What the file holds; no values are read."""
    shard = re.fullmatch(r"(.+)_\d{5}(\.weights\.h5)", path.name)
    if shard and (path.parent / f"{shard[1]}.weights.json").exists():
        raise _sharded(path)
    with h5_walls.opened(path) as h5:
        tensors, layers = keras_v3_layout.read(h5, {})
        rest = keras_v3_layout.unlisted(h5, tensors)
    notes = [
        "the file does not say which Keras wrote it (3, or tf.keras from 2.12)",
        "variables are counted per layer, so the architecture must be the one that saved them",
    ]
    if rest:
        notes.append(f"{len(rest)} datasets are no counted variables: {', '.join(rest[:5])}")
    return Source(
        str(path), kind, KINDS[kind], (str(path),), path.stat().st_size,
        Writer("Keras"), tensors, layers, notes=tuple(notes),
        next_command=beside.command(path, (), needs_recipe=True),
    )  # fmt: skip


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """A function from tensor name to its values, read-only, one at a time."""
    with h5_walls.opened(pathlib.Path(source.path)) as h5:
        yield keras_v3_layout.reader(h5)


def _refuse_shard_index(path: pathlib.Path) -> None:
    if path.suffix != ".json" or path.stat().st_size > strict_json.SIZE_LIMIT:
        return
    try:
        found = strict_json.parse(path.read_bytes(), str(path))
    except SourceProblem:
        return
    if isinstance(found, dict) and "weight_map" in found:
        raise _sharded(path)


def _sharded(path: pathlib.Path) -> NotSupported:
    return NotSupported(
        "these are Keras weights in several files (a .weights.json and its shards), "
        "which are not supported yet", where=str(path), help=_SHARDED_HELP,
    )  # fmt: skip

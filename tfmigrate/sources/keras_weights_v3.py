"""Keras's ``.weights.h5``: variables filed by attribute path, without an architecture."""

from __future__ import annotations

import contextlib
import pathlib
import re
from collections.abc import Iterator

from tfmigrate.errors import NotSupported, shown
from tfmigrate.results import Source, Writer
from tfmigrate.sources import beside, h5_header, h5_walls, keras_shards, keras_v3_layout
from tfmigrate.sources.base import Values

KINDS = {"keras-weights-v3": "Keras .weights.h5, weights only"}


def identify(path: pathlib.Path) -> str | None:
    """The variant, from the groups or an index of shards; the verbs are those of ``base.Format``.

    Raises:
        NotSupported: A folder holds the indices of several sets of shards.
    """
    if path.is_dir() or h5_header.start(path) is None:
        return "keras-weights-v3" if keras_shards.index_of(path) is not None else None
    with h5_walls.opened(path) as h5:
        return "keras-weights-v3" if keras_v3_layout.is_one(h5) else None


def describe(path: pathlib.Path, kind: str) -> Source:
    """What the file holds; no values are read."""
    _refuse_lone_shard(path)
    index = keras_shards.index_of(path)
    files = (index, *keras_shards.files(index)) if index is not None else (path,)
    with _opened(path) as h5:
        tensors, layers = keras_v3_layout.read(h5, {})
        rest = keras_v3_layout.unlisted(h5, tensors)
    notes = [
        "the file does not say which Keras wrote it (3, or tf.keras from 2.12)",
        "variables are counted per layer, so the architecture must be the one that saved them",
    ]
    if index is not None:
        notes.append(f"the weights are in {len(files) - 1} files beside the index {index.name}")
    if rest:
        notes.append(f"{len(rest)} datasets are no counted variables: {', '.join(rest[:5])}")
    return Source(
        str(index or path), kind, KINDS[kind], tuple(map(str, files)),
        sum(file.stat().st_size for file in files),
        Writer("Keras"), tensors, layers, notes=tuple(notes),
        next_command=beside.command(index or path, (), needs_recipe=True),
    )  # fmt: skip


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """A function from tensor name to its values, read-only, one at a time."""
    with _opened(pathlib.Path(source.path)) as h5:
        if isinstance(h5, keras_shards.Shards):
            yield keras_shards.reader(h5)
        else:
            yield keras_v3_layout.reader(h5)


def _opened(path: pathlib.Path) -> contextlib.AbstractContextManager[h5_walls.Opened]:
    index = keras_shards.index_of(path)
    return keras_shards.opened(index) if index is not None else h5_walls.opened(path)


def _refuse_lone_shard(path: pathlib.Path) -> None:
    shard = re.fullmatch(r"(.+)_\d{5}(\.weights\.h5)", path.name)
    index = path.with_name(f"{shard[1]}.weights.json") if shard else None
    if index is not None and index.exists():
        raise NotSupported(
            "it is one of several files that hold the weights together", where=str(path),
            help=f"give their index, {shown(index.name)}",
        )  # fmt: skip

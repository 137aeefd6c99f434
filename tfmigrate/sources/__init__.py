"""The source formats: which there are, which one a path is, and what is in it."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from tfmigrate import lazy
from tfmigrate.results import Source
from tfmigrate.sources import foreign

if TYPE_CHECKING:
    from tfmigrate.sources.base import Format, Values

_H5 = "tfmigrate.sources.keras_h5"
_V3 = "tfmigrate.sources.keras_weights_v3"
_ZIP = "tfmigrate.sources.keras_zip"
_CHECKPOINT = "tfmigrate.sources.checkpoint"
_SAVED_MODEL = "tfmigrate.sources.saved_model"
_GRAPH = "tfmigrate.sources.graph"

# Kind -> the module that reads it.
SOURCES = {
    "keras-h5": _H5,
    "keras3-h5": _H5,
    "keras-h5-weights": _H5,
    "keras-0-h5": _H5,
    "keras-weights-v3": _V3,
    "keras-zip": _ZIP,
    "keras-zip-tfkeras": _ZIP,
    "tf1-checkpoint-v1": _CHECKPOINT,
    "tf1-checkpoint-v2": _CHECKPOINT,
    "tf2-checkpoint": _CHECKPOINT,
    "keras-tf-weights": _CHECKPOINT,
    "savedmodel-tf1": _SAVED_MODEL,
    "savedmodel-keras2": _SAVED_MODEL,
    "savedmodel-keras3": _SAVED_MODEL,
    "savedmodel-tf2": _SAVED_MODEL,
    "tf1-meta": _GRAPH,
    "frozen-graph": _GRAPH,
}

# Formats with a magic number are asked before those without.
_FOLDERS = (_SAVED_MODEL, _CHECKPOINT, _V3)
_FILES = (_H5, _V3, _ZIP, _CHECKPOINT, _SAVED_MODEL, _GRAPH)
_PREFIXES = (_CHECKPOINT,)


def identify(path: pathlib.Path) -> str:
    """The exact variant of a source, decided by its content.

    Raises:
        NotRecognised: It is none of the formats we know; the error says what it is instead.
        Damaged: It is one of them, but cut or corrupt.
    """
    there = foreign.preflight(path)
    order = (_FOLDERS if path.is_dir() else _FILES) if there else _PREFIXES
    for module in order:
        kind = _format(module).identify(path)
        if kind is not None:
            return kind
    raise foreign.explain(path)


def describe(path: pathlib.Path) -> Source:
    """What a source holds: variant, writer, layers, tensors, hazards; no values, nothing executed.

    Raises:
        SourceProblem: It is not recognised, damaged or not supported.
        UnsafeContent: It reaches outside the file, or declares what it does not hold.
    """
    kind = identify(path)
    return _format(SOURCES[kind]).describe(path, kind)


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """A function from tensor name to its values, one at a time, while the context lasts.

    Raises:
        SourceProblem: It is damaged, or the format hands over no values.
        UnsafeContent: It changed since it was described, and reaches outside the file now.
    """
    with _format(SOURCES[source.kind]).values(source) as read:
        yield read


def _format(module: str) -> Format:
    return cast("Format", lazy.load(module))

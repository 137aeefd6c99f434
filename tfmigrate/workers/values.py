"""The values of a source's tensors, one at a time, inside a walled worker."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tfmigrate import sources
from tfmigrate.lazy import load
from tfmigrate.mapping.ops.cast import numpy_dtype
from tfmigrate.results import Source
from tfmigrate.sources import checkpoint, keras_zip

Read = Callable[[str], Any]


def vocabularies(source: Source) -> dict[str, Any]:
    """The vocabularies that the source carries beside its config; only archives do."""
    return keras_zip.read_vocabularies(source) if source.kind in keras_zip.KINDS else {}


@contextlib.contextmanager
def open_values(source: Source) -> Iterator[Read]:
    """Within it, a function from the name of a tensor to its array.

    Checkpoints are read by TensorFlow's own readers, which check the CRC of each tensor; the index
    went through our preflight before.
    """
    if source.kind == "frozen-graph" or not source.tensors:
        yield _nothing
    elif source.kind == checkpoint.V1:
        yield _v1(source)
    elif source.kind in checkpoint.KINDS:
        with checkpoint.values(source) as ours:
            yield _v2(source, ours)
    else:
        with sources.values(source) as read:
            yield read


def _nothing(name: str) -> Any:
    """A graph carries its constants itself, and a model may have no variable."""
    raise KeyError(name)


def _v2(source: Source, ours: Read) -> Read:
    beyond = checkpoint.beyond_tensorflow(source)
    infos = {t.name: t for t in source.tensors}
    reader = None
    if len(beyond) < len(infos):
        prefix = checkpoint.prefix_of(Path(source.path))
        reader = load("tensorflow").train.load_checkpoint(str(prefix))

    def read(name: str) -> Any:
        if reader is None or name in beyond:
            return ours(name).view(numpy_dtype(infos[name].dtype))
        return reader.get_tensor(infos[name].key or name)

    return read


def _v1(source: Source) -> Read:
    # The checkpoint reader refuses partitioned variables, half, bool and complex of V1 files, and
    # does not find shards; the op that restored them at the time does all of it.
    restore = load("tensorflow").raw_ops.Restore
    pattern = checkpoint.pattern_of(source)
    dtypes = {t.name: t.dtype for t in source.tensors}
    return lambda name: restore(file_pattern=pattern, tensor_name=name, dt=dtypes[name]).numpy()

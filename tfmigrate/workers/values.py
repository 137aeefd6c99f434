"""The values of a source's tensors, one at a time, inside a walled worker."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tfmigrate import sources
from tfmigrate.lazy import load
from tfmigrate.results import Source
from tfmigrate.sources import checkpoint, keras_zip

Read = Callable[[str], Any]


def vocabularies(source: Source) -> dict[str, Any]:
    """The vocabularies that the source carries beside its config; only archives do."""
    return keras_zip.read_vocabularies(source) if source.kind in keras_zip.KINDS else {}


@contextlib.contextmanager
def open_values(source: Source) -> Iterator[Read]:
    """Within it, a function from the name of a tensor to its array.

    Checkpoints are read by TensorFlow's own reader, which checks the CRC of each tensor; the index
    went through our preflight before.
    """
    if source.kind not in checkpoint.KINDS:
        with sources.values(source) as read:
            yield read
        return
    prefix = checkpoint.prefix_of(Path(source.path))
    reader = load("tensorflow").train.load_checkpoint(str(prefix))
    keys = {t.name: t.key or t.name for t in source.tensors}
    yield lambda name: reader.get_tensor(keys[name])

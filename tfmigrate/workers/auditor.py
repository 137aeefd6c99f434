"""The worker that reads every tensor of a SavedModel again, with our own reader of bundles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfmigrate.sources.bundle import index_of, open_bundle, sha256
from tfmigrate.workers.worker import Parent

# What TensorFlow writes beside the variables: how they hang together.
OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Hash every tensor.

    Args:
        payload: ``path`` of the SavedModel.
        parent: Hears of the progress.

    Raises:
        SourceProblem: The bundle cannot be read.
    """
    prefix = Path(payload["path"]) / "variables" / "variables"
    if not index_of(prefix).exists():
        return {"hashes": {}}
    bundle = open_bundle(prefix)
    keys = [key for key in bundle.entries if key != OBJECTS]
    hashes = {}
    for done, key in enumerate(keys):
        parent.progress("reading every tensor again", done, len(keys))
        hashes[key] = sha256(bundle, key)
    return {"hashes": hashes}

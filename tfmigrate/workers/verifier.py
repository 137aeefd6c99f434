"""The worker that loads the export from disk, without any Keras, and runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfmigrate.export.saved_model import bundle_key
from tfmigrate.sources.bundle import open_bundle, sha256
from tfmigrate.verify import probes
from tfmigrate.verify.runner import run_saved_model
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Answer the probes from the exported signature, and hash every exported variable.

    Args:
        payload: ``path``, ``signature`` (key), ``probes``, ``outputs``, ``variables`` (names).
        parent: Hears of the progress.
    """
    path = Path(payload["path"])
    parent.progress("hashing the exported weights")
    bundle = open_bundle(path / "variables" / "variables")
    hashes = {name: sha256(bundle, bundle_key(name)) for name in payload["variables"]}
    parent.progress("running the exported model")
    answered = run_saved_model(path, payload["signature"], probes.load(Path(payload["probes"]))[0])
    probes.save(Path(payload["outputs"]), (), answered.outputs)
    return {"hashes": hashes, "checks": answered.checks, "ops": answered.ops}

"""The worker that loads the export from disk, without any Keras, and runs it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tfmigrate.errors import NotProved, Problem, shown
from tfmigrate.export.saved_model import bundle_key
from tfmigrate.parity import probes
from tfmigrate.parity.probes import Probe
from tfmigrate.parity.runner import Run, run_saved_model
from tfmigrate.sources.bundle import open_bundle, sha256
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Answer the probes from the exported signature, and hash every exported variable.

    Args:
        payload: ``path``, ``signature`` (key), ``probes``, ``outputs``, ``variables`` (names).
        parent: Hears of the progress.
    """
    path = Path(payload["path"])
    parent.progress("hashing and running the exported model")
    with ThreadPoolExecutor(1) as pool:
        hashing = pool.submit(_hashes, path, payload["variables"])
        answered = _run(path, payload["signature"], probes.load(Path(payload["probes"]))[0])
        hashes = hashing.result()
    probes.save(Path(payload["outputs"]), (), answered.outputs)
    if answered.unportable:
        raise NotProved(
            "the exported model would not run on every server",
            [Problem(why) for why in answered.unportable],
            help="this is worth a bug report: the SavedModel was not written",
        )
    return {
        "hashes": hashes,
        "checks": answered.checks,
        "ops": answered.ops,
        "unsteady": answered.unsteady,
        "apart": answered.apart,
    }


def _hashes(path: Path, variables: Sequence[str]) -> dict[str, str]:
    bundle = open_bundle(path / "variables" / "variables")
    return {name: sha256(bundle, bundle_key(name)) for name in variables}


def _run(path: Path, key: str, asked: Sequence[Probe]) -> Run:
    import tensorflow as tf

    try:
        return run_saved_model(path, key, asked)
    except tf.errors.OpError as error:
        raise NotProved(
            f"the exported model does not run: {shown(error.message, 300)}",
            help="this is worth a bug report: the SavedModel was not written",
        ) from error

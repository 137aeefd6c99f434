"""The worker that loads the export from disk, without any Keras, and runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tfmigrate.errors import NotProved, Problem, shown
from tfmigrate.export.saved_model import bundle_key
from tfmigrate.parity import probes
from tfmigrate.parity.probes import Probe
from tfmigrate.parity.runner import Run, run_saved_model
from tfmigrate.sources.bundle import open_bundle, sha256
from tfmigrate.tensors import as_json
from tfmigrate.workers import warming
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Answer the probes from the exported signatures, and hash every exported variable.

    Args:
        payload: ``path``, ``runs`` (``signature``, its key, ``probes`` and ``outputs``, files),
            ``variables`` (names), ``warmup`` (``records`` and ``answers``, files), if any.
        parent: Hears of the progress.
    """
    path = Path(payload["path"])
    parent.progress("hashing and running the exported model")
    with ThreadPoolExecutor(1) as pool:
        hashing = pool.submit(_hashes, path, payload["variables"])
        asked = [(r["signature"], probes.load(Path(r["probes"]))[0]) for r in payload["runs"]]
        failures: list[str] = []
        found = _run(path, asked, lambda loaded: failures.extend(_warm(loaded, payload)))
        hashes = hashing.result()
    for run, answered in zip(payload["runs"], found.answered, strict=True):
        probes.save(Path(run["outputs"]), (), answered.outputs)
    if found.unportable:
        raise NotProved(
            "the exported model would not run on every server",
            [Problem(why) for why in found.unportable],
            help="this is worth a bug report: the SavedModel was not written",
        )
    runs = [{"checks": a.checks, "unsteady": a.unsteady, "apart": a.apart} for a in found.answered]
    told = {"hashes": hashes, "portability": as_json(found.portability), "runs": runs}
    return {**told, "failures": failures}


def _warm(loaded: Any, payload: dict[str, Any]) -> list[str]:
    files = payload.get("warmup")
    return warming.run(loaded, Path(files["records"]), Path(files["answers"])) if files else []


def _hashes(path: Path, variables: Sequence[str]) -> dict[str, str]:
    bundle = open_bundle(path / "variables" / "variables")
    return {name: sha256(bundle, bundle_key(name)) for name in variables}


def _run(
    path: Path, asked: Sequence[tuple[str, Sequence[Probe]]], then: Callable[[Any], None]
) -> Run:
    import tensorflow as tf

    try:
        return run_saved_model(path, asked, then=then)
    except tf.errors.OpError as error:
        raise NotProved(
            f"the exported model does not run: {shown(error.message, 300)}",
            help="this is worth a bug report: the SavedModel was not written",
        ) from error

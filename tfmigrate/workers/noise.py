"""The worker that answers the probes once more with other arithmetic: TensorFlow without oneDNN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfmigrate.parity import c_session, probes
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Wait for the export, and answer the probes from its signature.

    Args:
        payload: Nothing.
        parent: Answers ``exported`` with ``path``, ``signature`` (key), ``probes`` and
            ``outputs``, or with nothing when there is nothing to run.
    """
    from tfmigrate.workers.plain import LIBRARY  # loads it, where the fork server has not

    asked = parent.ask("exported", {})
    if asked:
        session = c_session.Session(LIBRARY, Path(asked["path"]), asked["signature"])
        found = probes.load(Path(asked["probes"]))[0]
        probes.save(Path(asked["outputs"]), (), [session.answer(probe) for probe in found])
    return {}

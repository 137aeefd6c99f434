"""The worker that rebuilds a model which failed, and finds where it goes wrong, and why."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfmigrate.parity import activations
from tfmigrate.proof import Divergence
from tfmigrate.tensors import as_json
from tfmigrate.workers import examination, trials
from tfmigrate.workers.advice import Written
from tfmigrate.workers.authors import blamed
from tfmigrate.workers.keras_block import DEEP, unblock_keras
from tfmigrate.workers.patient import Patient
from tfmigrate.workers.rebuilding import once_more
from tfmigrate.workers.worker import Parent

_OUTPUTS = "only the outputs could be compared: the reference has no activations for this probe"


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Rebuild and restore once more, then examine layer by layer, or try known faults.

    Args:
        payload: What the rebuilder was told, ``plan``, ``probes`` and ``expected`` (files),
            ``allowed`` (tolerances), ``at`` (the number of the probe to look at),
            ``activations`` (a file, or "") and ``origin`` (of the architecture).
        parent: Hears of the progress.
    """
    unblock_keras()
    sys.setrecursionlimit(DEEP)
    with blamed(payload.get("trusted")):
        parent.progress("looking for the cause")
        return {"divergence": as_json(_diagnosed(_patient(payload, parent), payload))}


def _patient(payload: dict[str, Any], parent: Parent) -> Patient:
    one, origin = once_more(payload, parent), payload["origin"]
    entries = payload["architecture"].get("layers", ()) if origin == "recipe" else ()
    return Patient(
        one.rebuilt, one.source, one.plan, one.probes, one.expected, one.allowed,
        payload["at"], Written(origin, entries),
    )  # fmt: skip


def _diagnosed(patient: Patient, payload: dict[str, Any]) -> Divergence:
    built = patient.rebuilt.built
    known = activations.load(Path(payload["activations"])) if payload["activations"] else {}
    found = Divergence(_OUTPUTS)
    if known and built.model is not None and built.eager:
        found = examination.examine(patient, known)
    if found.diagnoses:
        return found
    explained, tried, notes = trials.search(patient)
    if explained:  # what no activation explained is no finding any more
        found = replace(found, notes=(), first=tuple(d.layer for d in explained[:1]))
    return replace(
        found,
        diagnoses=tuple(explained),
        tried=found.tried + tried,
        notes=(*found.notes, *notes),
    )

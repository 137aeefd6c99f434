"""What consumers are asked: each signature of an export, its stored probes and expected outputs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfmigrate.parity import stored
from tfmigrate.parity.compare import compare
from tfmigrate.tensors import Tolerance, from_json

Run = dict[str, np.ndarray]


@dataclass(frozen=True)
class Job:
    """A signature to be asked.

    Attributes:
        name: What the model is called in a table.
        model: The SavedModel.
        key: The signature.
        asked: Inputs by public name.
        expected: What each was answered when the export was checked.
        allowed: The tolerance of each output.
    """

    name: str
    model: Path
    key: str
    asked: tuple[Run, ...]
    expected: tuple[Run, ...]
    allowed: dict[str, Tolerance]


def jobs(name: str, model: Path) -> list[Job]:
    """All signatures of an export, from what lies in its assets.extra."""
    said = json.loads((model / stored.FOLDER / stored.CERTIFICATE).read_text())
    first = said["signatures"][0]["key"]
    found = []
    for key, about in {first: said["probes"], **said["further_probes"]}.items():
        asked, expected = stored.read_probes(model, from_json(stored.Stored, about))
        assert expected is not None, f"{name}: the expected outputs are too big to be stored"
        found.append(Job(name, model, key, tuple(asked), tuple(expected), _allowed(said, key)))
    return found


def _allowed(said: dict, key: str) -> dict[str, Tolerance]:
    return {
        o["name"].removeprefix(f"{o['signature']}:"): from_json(Tolerance, o["tolerance"])
        for o in said["parity"]["outputs"]
        if o["tolerance"] and o["signature"] in ("", key)
    }


def apart(job: Job, answered: list[Run]) -> tuple[float, list[str]]:
    """The largest difference from what is expected, and every output that is not as it must be."""
    found = compare(list(job.expected[: len(answered)]), answered, job.allowed)
    wrong = [f"{job.name} {job.key} {o.name}: {o.why or o.max_abs}" for o in found if not o]
    return max(o.max_abs for o in found), wrong

"""A failed migration, looked at once more: where it goes wrong, and which fault explains it."""

from __future__ import annotations

from typing import Any

from tfmigrate.errors import TfmigrateError, shown
from tfmigrate.judge.case import Case
from tfmigrate.judge.verdict import Reference
from tfmigrate.parity import activations, probes
from tfmigrate.proof import Divergence, Parity
from tfmigrate.tensors import as_json, from_json
from tfmigrate.workers.client import WorkerBug


def question(case: Case, parity: Parity) -> dict[str, Any]:
    """What a witness is asked after a failure: its answers in a graph, and its activations."""
    return {
        "outputs": str(case.path("again")),
        "activations": str(case.path("activations")),
        "probe": probe_of(parity),
    }


def probe_of(parity: Parity) -> int:
    """The number of the probe that shows the failure best."""
    failed = [o for o in parity.outputs if not o and o.worst]
    return max(failed, key=lambda o: o.used).worst[0] if failed else 0


def find(case: Case, reference: Reference, parity: Parity) -> Divergence | None:
    """Where and why the export differs from a reference; None where that is no question.

    The rebuilt model is no reference for this: with it only the export can be wrong.
    """
    if all(parity.outputs) or reference.level == "rebuilt":
        return None
    probes.save(case.path("reference"), (), reference.answers)
    payload: dict[str, Any] = {
        **case.order,
        "plan": as_json(case.plan),
        "probes": str(case.path("probes")),
        "expected": str(case.path("reference")),
        "allowed": as_json(dict(case.allowed)),
        "at": probe_of(parity),
        "origin": case.architecture.origin,
    }
    try:
        payload["activations"] = _activations(case, reference, probe_of(parity))
        found = case.calls.ask("diagnoser", payload, case.room)
    except TfmigrateError as error:
        return Divergence("nobody could look for the cause", notes=(shown(error.what, 300),))
    except WorkerBug as error:  # the verdict stands without it
        last = " ".join(str(error).strip().splitlines()[-1:])
        return Divergence("nobody could look for the cause", notes=(shown(last, 300),))
    return from_json(Divergence, found["divergence"])


def _activations(case: Case, reference: Reference, probe: int) -> str:
    """The file with the reference's activations for a probe, "" where there is none."""
    path = case.path("activations")
    golden = case.options.golden
    if reference.level == "recorded" and golden is not None and probe == 0:
        # Copied: a worker reads the source and the scratch folder, and nothing else.
        activations.save(path, activations.load(golden).items())
    return str(path) if path.exists() else ""

"""A failed migration, looked at once more: where it goes wrong, and which fault explains it."""

from __future__ import annotations

from typing import Any

from tfmigrate.errors import TfmigrateError, shown
from tfmigrate.judge.case import Case
from tfmigrate.judge.verdict import Reference
from tfmigrate.parity import activations, probes
from tfmigrate.parity.compare import compare
from tfmigrate.proof import Divergence, Parity
from tfmigrate.tensors import as_json, from_json
from tfmigrate.workers.client import WorkerBug


def question(case: Case, parity: Parity) -> dict[str, Any]:
    """What a witness is asked after a failure: its answers in a graph, and its activations."""
    return {
        **case.files("again"),
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
    probes.save(case.path("reference"), (), reference.inner)
    try:
        at, known = _activations(case, reference, probe_of(parity))
        payload: dict[str, Any] = {
            **case.order,
            "plan": as_json(case.plan),
            "probes": str(case.path("probes")),
            "expected": str(case.path("reference")),
            "allowed": as_json(case.inner_allowed()),
            "at": at,
            "activations": known,
            "origin": case.architecture.origin,
        }
        found = case.calls.ask("diagnoser", payload, case.room)
    except TfmigrateError as error:
        return Divergence("nobody could look for the cause", notes=(shown(error.what, 300),))
    except WorkerBug as error:  # the verdict stands without it
        last = " ".join(str(error).strip().splitlines()[-1:])
        return Divergence("nobody could look for the cause", notes=(shown(last, 300),))
    return from_json(Divergence, found["divergence"])


def _activations(case: Case, reference: Reference, worst: int) -> tuple[int, str]:
    """The probe to look into, and the file with the reference's activations for it, or ""."""
    path = case.path("activations")
    golden = case.options.golden
    if reference.level == "recorded" and golden is not None:
        recorded = activations.load(golden)  # of the first probe
        if recorded and (worst == 0 or _first_fails(case, reference)):
            # Copied: a worker reads the source and the scratch folder, and nothing else.
            activations.save(path, recorded.items())
            worst = 0
    return worst, str(path) if path.exists() else ""


def _first_fails(case: Case, reference: Reference) -> bool:
    """Whether the first probe shows the failure too, though another one shows it best."""
    expected, got = reference.answers[:1], case.answers("exported")[:1]
    kept = [{n: a for n, a in answer.items() if n in expected[0]} for answer in got]
    return not all(compare(expected, kept, case.allowed))

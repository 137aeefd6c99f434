"""Every exported tensor against the hash that the ledger of the certificate names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tfmigrate.errors import SourceProblem, shown
from tfmigrate.export.saved_model import bundle_key
from tfmigrate.results import TensorMismatch
from tfmigrate.workers.client import Worker


def certified(certificate: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each variable, by its name, as the ledger says.

    Where nothing was verified, it was not read back: then what it was given counts.
    """
    known: dict[str, str] = {}
    for entry in certificate["ledger"]:
        known |= {**entry["expected"], **entry["targets"]}
    return known


def audit(worker: Worker, said: Mapping[str, str]) -> tuple[int, tuple[TensorMismatch, ...]]:
    """How many tensors were read again, and every one that is not the certificate's.

    Args:
        worker: An ``auditor`` at work.
        said: What :func:`certified` gives.
    """
    try:
        found: dict[str, str] = worker.result()["hashes"]
    except SourceProblem as error:
        problems = "; ".join(shown(p.what) for p in error.problems[:3])
        what = f"the variables cannot be read: {shown(error.what, 300)}"
        return 0, (TensorMismatch(Path("variables").as_posix(), what, problems),)
    return len(found), tuple(_mismatches(said, found))


def _mismatches(said: Mapping[str, str], found: Mapping[str, str]) -> Iterator[TensorMismatch]:
    keys = {bundle_key(name): name for name in said}
    for key, name in keys.items():
        if key not in found:
            yield TensorMismatch(name, "it is missing", expected=said[name])
        elif found[key] != said[name]:
            yield TensorMismatch(
                name, "its values are not those of the ledger", found[key], said[name]
            )
    for key in found:
        if key not in keys:
            yield TensorMismatch(key, "the ledger knows no such tensor", found[key])

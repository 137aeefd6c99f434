"""Checking a migrated SavedModel again, from what it carries."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, NotProved, NotRecognised, shown
from tfmigrate.export.certificate import OWN, manifest, strangers
from tfmigrate.judge import audit, probing, verdict
from tfmigrate.judge.merging import merged
from tfmigrate.judge.verdict import Reference
from tfmigrate.options import Progress
from tfmigrate.parity import probes, stored
from tfmigrate.parity.probes import Probe
from tfmigrate.parity.runner import REPEATABLE
from tfmigrate.proof import OutputComparison, Parity
from tfmigrate.results import Verification
from tfmigrate.tensors import Tolerance, from_json
from tfmigrate.workers.crew import Crew, Room


def reverify(path: Path, progress: Progress, crew: Crew, deep: bool = False) -> Verification:
    """Compare the files with the certificate, and answer the stored probes once more.

    Args:
        path: The SavedModel.
        progress: Is told of each step.
        crew: The workers.
        deep: Also read every tensor again, and compare it with the hash in the ledger.

    Raises:
        NotRecognised: There is no SavedModel that tfmigrate wrote.
        Damaged: The certificate or the stored probes cannot be read.
    """
    _refuse_foreign(path)
    certificate = stored.read_certificate(path)
    said, found, odd = certificate["files"], manifest(path), strangers(path)
    found |= dict.fromkeys(odd, "")  # a link is no file, even where it leads to the same bytes
    changed = tuple(sorted(n for n in said if n in found and said[n] != found[n]))
    missing = tuple(sorted(n for n in said if n not in found))
    extra = tuple(sorted(n for n in found if n not in said))
    note = "the stored probes were not answered: the files are not those of the certificate"
    parity = replace(verdict.unverified(), notes=(note,))
    if not changed and not missing:
        progress("answering the stored probes", 0, 0)
        parity = _answered(path, certificate, crew)
    source = certificate["source"]["name"]
    own = hashlib.sha256((path / OWN).read_bytes()).hexdigest()
    result = Verification(
        str(path), parity, changed, extra, missing, source, certificate["evidence"], own
    )
    if not deep:
        return result
    progress("reading every tensor again", 0, 0)
    worker = crew.start("auditor", {"path": str(path)}, _room(path, ()))
    tensors, mismatches = audit.audit(worker, audit.certified(certificate))
    return replace(result, tensors=tensors, mismatches=mismatches)


def _refuse_foreign(path: Path) -> None:
    if not path.is_dir():
        raise NotRecognised(
            "there is no such folder, and only a SavedModel is one", where=shown(path)
        )
    if not (path / stored.FOLDER / stored.CERTIFICATE).is_file():
        raise NotRecognised(
            "there is no certificate in it, so tfmigrate did not write it",
            where=shown(path),
            help="`tfmigrate verify` checks SavedModels that tfmigrate wrote; `tfmigrate inspect`"
            " says what this is",
        )


def _room(path: Path, write: tuple[str, ...]) -> Room:
    size = sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    return Room((str(path),), write, size)


def _answered(path: Path, certificate: dict[str, Any], crew: Crew) -> Parity:
    """The stored probes of every signature, answered once more."""
    if certificate["probes"] is None:
        note = "the migration was told not to check it: migrate again without --no-verify"
        return replace(verdict.unverified(), notes=(note,))
    further = certificate.get("further_probes", {})
    main = certificate["signatures"][0]["key"]
    known = {main: certificate["probes"], **further}
    if len(known) > 1 or "further_probes" in certificate:
        _refuse_unasked(certificate, known)
    held = {k: stored.read_probes(path, from_json(stored.Stored, a)) for k, a in known.items()}
    if any(expected is None for _, expected in held.values()):
        note = "the expected outputs were too big to be stored: only the files were compared"
        return Parity("unverified", verdict.unverified().said, notes=(note,))
    with tempfile.TemporaryDirectory(prefix="tfmigrate-") as folder:
        asked = {k: (list(probes_), expected or []) for k, (probes_, expected) in held.items()}
        try:
            answers = _ask(path, {k: sent for k, (sent, _) in asked.items()}, Path(folder), crew)
        except NotProved as error:
            checks = {"it runs": False}
            return replace(verdict.unverified(), checks=checks, notes=(shown(error.what, 300),))
    found = merged([(k, _compared(certificate, k, asked[k], answers[k])) for k in known])
    return replace(found, said=certificate["said"]) if found else found


def _refuse_unasked(certificate: dict[str, Any], known: dict[str, Any]) -> None:
    """Refuse a certificate that has no probes for a signature: it would be taken for checked."""
    keys = [s["key"] for s in certificate["signatures"]]
    if sorted(keys) != sorted(known):
        raise Damaged(
            "the certificate does not hold the probes of every signature",
            where=stored.CERTIFICATE,
            help="migrate the model again",
        )


Answers = tuple[dict[str, Any], tuple[Probe, ...]]


def _ask(path: Path, sent: dict[str, list[Probe]], folder: Path, crew: Crew) -> dict[str, Answers]:
    """What each signature answers, and what was noticed.

    Raises:
        NotProved: One does not run.
    """
    runs = []
    for number, (key, asked) in enumerate(sent.items()):
        place = folder / str(number)
        place.mkdir()
        inputs = probing.write(probing.Probing(tuple(asked)), place)
        runs.append(
            {"signature": key, "probes": str(inputs), "outputs": str(place / "exported.npz")}
        )
    payload = {"path": str(path), "variables": [], "runs": runs}
    worker = crew.start("verifier", payload, _room(path, (str(folder),)))
    noticed = worker.result()["runs"]
    got = [probes.load(Path(run["outputs"]))[1] for run in runs]
    return dict(zip(sent, zip(noticed, got, strict=True), strict=True))


def _compared(
    certificate: dict[str, Any], key: str, asked: tuple[list[Probe], list[Probe]], answers: Answers
) -> Parity:
    """The answers of a signature beside the stored ones."""
    (sent, expected), (found, got) = asked, answers
    checks = found["checks"]
    # Outputs that are random by design were not compared then, and are not now.
    random = [n for n in found["unsteady"] if not any(n in probe for probe in expected)]
    if random and set(random) == set(found["unsteady"]):
        checks[REPEATABLE] = True
    got = tuple({n: a for n, a in probe.items() if n not in random} for probe in got)
    reference = Reference(certificate["evidence"], tuple(expected))
    known = certificate["parity"]["checks"]  # a check that the model fails by design is not in it
    several = bool(certificate.get("further_probes"))
    checks = {n: held for n, held in checks.items() if (f"{key}: {n}" if several else n) in known}
    terms = verdict.Terms(_allowed(certificate, key if several else ""))
    return verdict.judge(reference, got, sent, checks, terms)


def _allowed(certificate: dict[str, Any], key: str) -> dict[str, Tolerance]:
    """The tolerances that a signature was judged with; the key is "" where there is one."""
    if certificate["parity"] is None:
        raise Damaged("the certificate holds no verdict", where=stored.CERTIFICATE)
    outputs = [from_json(OutputComparison, o) for o in certificate["parity"]["outputs"]]
    return {
        o.name.removeprefix(f"{key}:") if key else o.name: o.tolerance
        for o in outputs
        if o.tolerance is not None and o.signature == key
    }

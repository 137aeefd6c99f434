"""The serving bundle: warm-up records that were run, and example requests with their answers.

Both are written beside every SavedModel, not only under ``--model-version``: a server that mounts
OUTPUT as a version reads the same file, and every other loader leaves ``assets.extra`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.export.serving import requests, tfrecord, warmup
from tfmigrate.judge.dossier import Served
from tfmigrate.parity import probes
from tfmigrate.parity.compare import compare
from tfmigrate.parity.probes import Probe
from tfmigrate.results import Migration
from tfmigrate.tensors import Signature


@dataclass(frozen=True)
class Bundle:
    """Records that are to be run, and how that went.

    Attributes:
        folder: Where worker and parent exchange them.
        asked: Of each record the number of its signature, and of the probe that it sends.
        records: The records.
        notes: What was left out, and why.
        failures: Why each record failed, "" where it did not; none before they were run.
    """

    folder: Path
    asked: tuple[tuple[int, int], ...] = ()
    records: tuple[bytes, ...] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    def order(self) -> dict[str, Any]:
        """What the verifier is told, with the file that it reads."""
        self._path("records").write_bytes(tfrecord.to_bytes(self.records))
        return {"records": str(self._path("records")), "answers": str(self._path("answers"))}

    def answers(self) -> tuple[Probe, ...]:
        """What the records were answered."""
        return probes.load(self._path("answers"))[1]

    def _path(self, name: str) -> Path:
        return self.folder / f"warmup-{name}.npz"


@dataclass
class _Making:
    asked: list[tuple[int, int]] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, number: int, signature: Signature, asked: Sequence[Probe]) -> None:
        refusal = warmup.refusal(signature)
        if refusal:
            self.notes.append(_left_out(signature, "", refusal))
            return
        for at in warmup.chosen(signature, asked):
            why = self._too_much(warmup.size(asked[at]))
            if why:
                self.notes.append(_left_out(signature, _batch(signature, asked[at]), why))
                continue
            self.records.append(warmup.record(signature, asked[at]))
            self.asked.append((number, at))
            self.size += len(self.records[-1])

    def _too_much(self, size: int) -> str:
        if size > warmup.LARGEST:
            return f"a request has {size:,} bytes"
        if self.size + size > warmup.TOTAL or len(self.records) >= warmup.MOST:
            return "there are enough records"
        return ""


def bundle(
    signatures: Sequence[Signature], sent: Sequence[Sequence[Probe]], folder: Path
) -> Bundle:
    """Records for each signature, of the smallest batch that was asked and the next one.

    Args:
        signatures: What is served.
        sent: The probes of each.
        folder: Where worker and parent exchange them.
    """
    making = _Making()
    for number, (signature, asked) in enumerate(zip(signatures, sent, strict=True)):
        making.add(number, signature, asked)
    return Bundle(folder, tuple(making.asked), tuple(making.records), tuple(making.notes))


def write(
    staging: Path, migration: Migration, served: Sequence[Served], ran: Bundle | None
) -> Migration:
    """Write what held: records that were answered as the probe was, and a request for each.

    Args:
        staging: The staged SavedModel.
        migration: What was done.
        served: The signatures and what is known of them.
        ran: The records, run; None where nothing was asked.

    Returns:
        The migration, with the requests, and with notes of what was left out.
    """
    if ran is None or not served:
        return migration
    good: list[bytes] = []
    examples: dict[str, Any] = {}
    notes = list(ran.notes)
    for record, (number, at), why, got in zip(
        ran.records, ran.asked, ran.failures, ran.answers(), strict=True
    ):
        one = served[number]
        why = why or _apart(one, at, got)
        if why:
            batch = _batch(one.signature, one.probing.probes[at])
            notes.append(_left_out(one.signature, batch, why))
            continue
        good.append(record)
        examples.setdefault(one.signature.key, _example(one, at))
    if good:
        path = staging / warmup.FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tfrecord.to_bytes(good))
    requests.write(staging, examples.values())
    return replace(migration, requests=examples, notes=(*migration.notes, *notes))


def _example(one: Served, at: int) -> dict[str, Any]:
    answer = one.answered[at]
    random = [n for n in answer if n not in one.expected[at]]
    return requests.example(one.signature, one.probing.probes[at], answer, random)


def _apart(one: Served, at: int, got: Probe) -> str:
    """What differs from the answer to the probe; outputs that are random by design may."""
    names = one.expected[at].keys()
    known = {n: a for n, a in one.answered[at].items() if n in names}
    if not known:
        return ""
    apart = [o.name for o in compare([known], [{n: got[n] for n in names if n in got}]) if not o]
    return f"{', '.join(map(shown, apart))} came out otherwise than before" if apart else ""


def _batch(signature: Signature, probe: Probe) -> str:
    size = warmup.batch(signature, probe)
    return "" if size is None else f" of batch {size}"


def _left_out(signature: Signature, which: str, why: str) -> str:
    return f"no warm-up record{which} for the signature {shown(signature.key)}: {why}"

"""Which records and requests are written: what ran, and was answered as the probe was."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.report import made
from tfmigrate.export.serving import requests, tfrecord, warmup
from tfmigrate.judge import bundle
from tfmigrate.judge.dossier import Served
from tfmigrate.judge.probing import Probing
from tfmigrate.parity import probes
from tfmigrate.tensors import Signature, TensorSpec

SIGNATURE = Signature(
    "ask", (TensorSpec("x", (None, 2), "float32"),), (TensorSpec("y", (None, 2), "float32"),)
)
SENT = tuple({"x": np.full((n, 2), n, np.float32)} for n in (1, 2, 5))
ANSWERS = tuple({"y": 2 * probe["x"], "drawn": probe["x"]} for probe in SENT)
EXPECTED = tuple({"y": 2 * probe["x"]} for probe in SENT)  # "drawn" is random by design
SERVED = Served(SIGNATURE, Probing(SENT), EXPECTED, ANSWERS)
RECORDS = tuple(warmup.record(SIGNATURE, probe) for probe in SENT)


@pytest.fixture
def written(tmp_path):
    """Writes what ran: ``written(failures, answers)``, and gives the notes, and the file."""

    def write(failures, answers, served=SERVED):
        ran = bundle.bundle([SIGNATURE], [SENT], tmp_path)
        assert ran.records == RECORDS[:2]
        ran.order()
        probes.save(tmp_path / "warmup-answers.npz", (), answers)
        ran = replace(ran, failures=failures)
        done = bundle.write(tmp_path / "model", made.passed(), [served], ran)
        path = tmp_path / "model" / warmup.FILE
        return done, path.read_bytes() if path.exists() else b""

    return write


def added(done) -> tuple[str, ...]:
    return done.notes[len(made.passed().notes) :]


def test_what_ran_is_written(written, tmp_path):
    done, found = written(("", ""), ANSWERS[:2])
    assert found == tfrecord.to_bytes(RECORDS[:2])
    assert added(done) == ()
    assert list(done.requests) == ["ask"]
    file = json.loads((tmp_path / "model" / requests.FOLDER / "ask.json").read_text())
    assert file == done.requests["ask"]
    assert file["body"] == {"signature_name": "ask", "instances": [[1.0, 1.0]]}
    assert file["answer"] == {"predictions": [{"y": [2.0, 2.0], "drawn": [1.0, 1.0]}]}
    assert file["notes"] == ["drawn is another each time"]


def test_what_failed_is_left_out_and_said(written):
    done, found = written(("it fails", ""), ({}, ANSWERS[1]))
    assert found == tfrecord.to_bytes(RECORDS[1:2])
    assert added(done) == ("no warm-up record of batch 1 for the signature ask: it fails",)
    assert len(done.requests["ask"]["body"]["instances"]) == 2


@pytest.mark.parametrize(
    "other", [{"y": ANSWERS[0]["y"] + 1e-3, "drawn": SENT[0]["x"]}, {"drawn": SENT[0]["x"]}]
)
def test_what_is_answered_otherwise_is_left_out(written, other):
    done, found = written(("", ""), (other, ANSWERS[1]))
    assert found == tfrecord.to_bytes(RECORDS[1:2])
    assert "y came out otherwise than before" in added(done)[0]


def test_what_is_random_may_differ(written):
    random = {"y": ANSWERS[0]["y"], "drawn": SENT[0]["x"] + 9}
    done, found = written(("", ""), (random, ANSWERS[1]))
    assert found == tfrecord.to_bytes(RECORDS[:2])
    assert added(done) == ()


def test_nothing_is_written_where_nothing_ran(written, tmp_path):
    done, found = written(("a", "b"), ({}, {}))
    assert (found, done.requests) == (b"", {})
    assert not (tmp_path / "model").exists()
    assert bundle.write(tmp_path, done, (), None) is done


def test_big_records_are_left_out_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(warmup, "LARGEST", 15)
    ran = bundle.bundle([SIGNATURE], [SENT], tmp_path)
    assert ran.records == RECORDS[:1]
    assert ran.notes == (
        "no warm-up record of batch 2 for the signature ask: a request has 16 bytes",
    )


def test_records_are_bounded(tmp_path, monkeypatch):
    signatures = [replace(SIGNATURE, key=f"s{i}") for i in range(60)]
    ran = bundle.bundle(signatures, [SENT] * 60, tmp_path)
    assert len(ran.records) == warmup.MOST == 100
    assert len(ran.notes) == 20
    monkeypatch.setattr(warmup, "TOTAL", 200)
    ran = bundle.bundle(signatures, [SENT] * 60, tmp_path)
    assert sum(map(len, ran.records)) <= 2 * 200
    assert "enough" in ran.notes[-1]


def test_a_method_that_no_server_has_is_said(tmp_path):
    odd = replace(SIGNATURE, method="my/method")
    ran = bundle.bundle([odd], [SENT], tmp_path)
    assert (ran.records, len(ran.notes)) == ((), 1)

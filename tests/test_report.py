"""Real migrations through the command line, and what --report and --format json say of them."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.cli import main
from tfmigrate.report import json_schema

SOURCE, GOLDEN = "keras2_mnist_cnn/model.h5", "keras2_mnist_cnn/golden.npz"


@dataclass(frozen=True)
class Done:
    code: int
    document: dict
    page: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture
def run(folder, fixtures, crew, monkeypatch, capsys):
    monkeypatch.setattr(pipeline, "Crew", lambda **_: contextlib.nullcontext(crew))
    monkeypatch.chdir(folder)

    def call(*arguments: str) -> Done:
        code = main([*arguments, "--format", "json", "--report", "page.html"])
        return Done(code, json.loads(capsys.readouterr().out), Path("page.html").read_text())

    return call


@pytest.fixture(scope="module")
def schema() -> dict:
    return json_schema.schema()


def as_published(document: dict, schema: dict) -> bool:
    jsonschema.Draft202012Validator(schema).validate(document)
    return True


def test_a_migration_that_holds_and_the_check_of_it(run, fixtures, folder, schema):
    asked = ("h5-to-savedmodel", str(fixtures / SOURCE), "out", "--golden", str(fixtures / GOLDEN))
    done = run(*asked)
    assert done.code == 0
    assert "<title>PASSED: " in done.page
    for part in ("conv2d_1/kernel", "tensorflow 1.12.3", "Difference against magnitude"):
        assert part in done.page.replace("</dt><dd>", " ")
    assert as_published(done.document, schema)
    certificate = json.loads((folder / "out/assets.extra/tfmigrate/certificate.json").read_text())
    part = {"$id": "urn:test", "$ref": "#/$defs/certificate", "$defs": schema["$defs"]}
    assert as_published(certificate, part)
    again = run("verify", "out")
    assert (again.code, "<title>PASSED: Check" in again.page) == (0, True)
    assert as_published(again.document, schema)


def test_a_migration_that_does_not_hold(run, fixtures, folder, schema):
    with np.load(fixtures / GOLDEN) as golden:
        arrays = dict(golden)
    arrays["outputs/dense_1"] = np.roll(arrays["outputs/dense_1"], 1, axis=1)
    np.savez(folder / "other.npz", **arrays)
    done = run("h5-to-savedmodel", str(fixtures / SOURCE), "out2", "--golden", "other.npz")
    assert done.code == 1
    assert "<title>FAILED: " in done.page
    assert "does not match what the original runtime recorded" in done.page
    assert 'class="bad"' in done.page
    assert as_published(done.document, schema)
    assert not (folder / "out2").exists()

"""A migrated SavedModel, checked again: every kind of change is found, and the same one passes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tfmigrate import pipeline, report
from tfmigrate.judge import audit
from tfmigrate.options import Options
from tfmigrate.report.verdict import passed

DATA = "variables/variables.data-00000-of-00001"
CERTIFICATE = "assets.extra/tfmigrate/certificate.json"


@pytest.fixture
def old(fixtures, tmp_path) -> Path:
    """What an earlier version wrote; its certificate knows nothing of noise or decisions."""
    return Path(shutil.copytree(fixtures / "certificates" / "of_0_1_0", tmp_path / "out"))


def turned(path: Path, at: int = 100) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def test_what_an_earlier_version_wrote_is_understood(old, crew):
    found = pipeline.verify(old, crew=crew, deep=True)
    assert found
    assert (found.tensors, found.mismatches) == (8, ())
    (output,) = found.parity.outputs
    assert output.decisions is not None
    assert output.spread is not None
    text = report.render(found, "text")
    assert "8 tensors read again, as the ledger says" in text
    assert "files as certified, 8 tensors too, 1 output matches (reader)." in text


def test_without_deep_nothing_is_said_of_tensors(old, crew):
    found = pipeline.verify(old, crew=crew)
    assert (bool(found), found.tensors) == (True, None)
    assert "tensor" not in report.render(found, "text")


CHANGES = {
    "changed": (DATA, lambda d: turned(d / DATA)),
    "missing": (DATA, lambda d: (d / DATA).unlink()),
    "extra": ("assets/more.txt", lambda d: (d / "assets").mkdir(exist_ok=True)
              or (d / "assets/more.txt").write_text("x")),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGES)
def test_files(old, crew, kind):
    name, change = CHANGES[kind]
    change(old)
    found = pipeline.verify(old, crew=crew, deep=kind != "extra")
    assert passed(found) is not True
    assert not found
    assert getattr(found, kind) == (name,)
    assert kind == "extra" or found.mismatches


def test_links_and_folders(old, crew):
    (old / "empty").mkdir()  # copies lose and add empty folders; nothing is in them
    assert pipeline.verify(old, crew=crew)
    real = old.parent / "elsewhere.pb"
    shutil.move(old / "saved_model.pb", real)
    (old / "saved_model.pb").symlink_to(real)
    (old / "nowhere").symlink_to("/nonexistent")
    (old / "variables" / "folder").symlink_to(old.parent, target_is_directory=True)
    found = pipeline.verify(old, crew=crew)
    assert not found
    assert found.extra == ("nowhere", "variables/folder")
    assert found.changed == ("saved_model.pb",)  # what it leads to may change tomorrow


def test_deep_finds_what_a_rewritten_list_of_files_hides(old, crew):
    from tfmigrate.export.certificate import manifest

    turned(old / DATA)
    certificate = json.loads((old / CERTIFICATE).read_text())
    entry = certificate["ledger"][1]
    name = next(iter(entry["targets"]))
    stranger = entry["targets"].pop(name)
    entry["expected"].pop(name)
    certificate["ledger"][0]["targets"]["gone/kernel"] = "00"
    certificate["files"] = manifest(old)
    (old / CERTIFICATE).write_text(json.dumps(certificate))
    before = pipeline.verify(old, crew=crew)
    assert not before.changed
    found = pipeline.verify(old, crew=crew, deep=True)
    assert not found
    assert found.certificate == before.certificate
    said = {m.name: m.what for m in found.mismatches}
    assert said.pop("gone/kernel") == "it is missing"
    assert sorted(said.values()) == [
        "its values are not those of the ledger", "the ledger knows no such tensor",
    ]  # fmt: skip
    assert stranger in {m.found for m in found.mismatches}
    assert "3 NOT as the ledger says" in report.render(found, "text")


def test_variables_that_cannot_be_read_are_a_finding(old, crew):
    (old / "variables" / "variables.index").write_bytes(b"no index")
    found = pipeline.verify(old, crew=crew, deep=True)
    assert found.changed == ("variables/variables.index",)
    assert [m.name for m in found.mismatches] == ["variables"]


def test_the_ledger_names_every_variable_by_its_hash(old):
    certificate = json.loads((old / CERTIFICATE).read_text())
    said = audit.certified(certificate)
    assert len(said) == 8
    assert all(len(digest) == 64 for digest in said.values())


@pytest.fixture(scope="module")
def unverified(fixtures, tmp_path_factory, crew):
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    out = tmp_path_factory.mktemp("unverified") / "out"
    asked = Options(verify=False)
    return pipeline.migrate("h5-to-savedmodel", source, out, asked, crew=crew)


def test_unverified_is_stamped_everywhere(unverified):
    text = report.render(unverified, "text")
    assert "parity     UNVERIFIED" in text
    assert text.splitlines()[-1].startswith("UNVERIFIED")
    assert json.loads(report.render(unverified, "json"))["parity"]["level"] == "unverified"
    certificate = json.loads(Path(unverified.output, CERTIFICATE).read_text())
    assert certificate["evidence"] == "unverified"
    assert certificate["said"].startswith("UNVERIFIED")


def test_unverified_stays_so_when_it_is_checked(unverified, crew):
    found = pipeline.verify(Path(unverified.output), crew=crew, deep=True)
    assert passed(found) is None  # exit code 1
    assert (found.intact, found.tensors) == (True, 8)
    text = report.render(found, "text")
    assert "migrate again without --no-verify" in text
    assert text.splitlines()[-1].endswith("UNVERIFIED: no output was compared.")

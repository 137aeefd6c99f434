"""Files that the old runtimes wrote, from the file to the published SavedModel and its answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.options import Options
from tfmigrate.pipeline import Crew, migrate

CASES = sorted(p.parent for p in (Path(__file__).parent / "fixtures/old_keras").glob("*/case.json"))


@pytest.fixture(scope="module")
def crew():
    with Crew() as found:
        yield found


def options(case: Path, said: dict[str, Any]) -> Options:
    return Options(
        recipe=str(case / said["recipe"]) if said["recipe"] else None,
        backend=said["backend"] or None,
        golden=case / "golden.npz",
    )


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_the_export_answers_as_the_runtime_that_wrote_the_file(case, crew, tmp_path):
    said = json.loads((case / "case.json").read_text())

    def migrated():
        asked = options(case, said)
        return migrate(
            "h5-to-savedmodel", case / said["source"], tmp_path / "out", asked, crew=crew
        )

    if "refused" in said:
        with pytest.raises(NotSupported, match=said["refused"]):
            migrated()
        return
    found = migrated()
    assert found.parity
    assert found.parity.level == "recorded"
    assert (tmp_path / "out" / "saved_model.pb").is_file()


def test_a_dry_run_finds_the_backend_too_and_writes_nothing(crew, tmp_path):
    case = Path(__file__).parent / "fixtures/old_keras/k122th_conv2d_2x4_same_th"
    asked = Options(golden=case / "golden.npz", dry_run=True)
    found = migrate("h5-to-savedmodel", case / "model.h5", tmp_path / "out", asked, crew=crew)
    assert any("trained on theano" in note for note in found.notes)
    assert not list(tmp_path.iterdir())

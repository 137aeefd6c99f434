"""SavedModels and frozen graphs of old runtimes, migrated from file to SavedModel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tfmigrate.options import Options
from tfmigrate.pipeline import migrate

COMMAND = "savedmodel-to-savedmodel"


@pytest.fixture
def saved(fixtures) -> Path:
    return fixtures / "saved_models"


def done(case: Path, output: Path, crew, **more):
    frozen = case / "frozen.pb"
    source = frozen if frozen.exists() else case / "saved_model"
    return migrate(COMMAND, source, output, Options(**more), crew=crew)


def recorded(result, key: str) -> bool:
    return f"{key}: recorded" in result.parity.notes or result.parity.level == "recorded"


def test_tables_of_files_become_assets_and_every_served_signature_is_kept(saved, tmp_path, crew):
    case = saved / "tf14_tables"
    result = done(case, tmp_path / "out", crew, golden=case / "golden.npz")
    assert result.parity
    assert recorded(result, "serving_default")
    assert "classification: graph" in result.parity.notes
    signatures = {s.key: s for s in result.signatures}
    assert signatures["classification"].method == "classify"
    assert {s.name for s in signatures["classification"].outputs} == {"classes", "scores"}
    assert {p.name for p in (tmp_path / "out" / "assets").iterdir()} == {"words.txt", "labels.txt"}
    assert not any("weak" in note and "scores" in note for note in result.notes)


def test_a_signature_that_counts_its_calls_is_left_out_and_the_others_are_not(
    saved, tmp_path, crew
):
    case = saved / "tf115_counter"
    result = done(case, tmp_path / "out", crew)
    assert result.parity.level == "graph"
    assert [s.key for s in result.signatures] == ["serving_default"]
    assert any("counted is left out: it keeps state" in note for note in result.notes)
    assert {v.name for v in result.variables} == {
        "part/kernel/part_0",
        "part/kernel/part_1",
        "scale",
    }


def test_a_table_whose_content_lies_in_the_checkpoint_answers_as_recorded(saved, tmp_path, crew):
    case = saved / "tf23_text"
    result = done(case, tmp_path / "out", crew, golden=case / "golden.npz")
    assert result.parity.level == "recorded"
    ignored = [e for e in result.ledger if e.status == "ignored"]
    assert {e.rule for e in ignored} == {"carried as a lookup table"}


def test_functions_of_a_module_without_signatures_become_endpoints(saved, tmp_path, crew):
    case = saved / "tf28_module"
    result = done(case, tmp_path / "out", crew)
    assert result.parity.level == "graph"
    assert [s.key for s in result.signatures] == ["serving_default", "number"]
    assert {v.name for v in result.variables} == {"parts/0", "parts/1"}
    assert (tmp_path / "out" / "assets" / "numbers.csv").is_file()


def test_what_the_optimiser_takes_for_another_op_is_served_rightly(saved, tmp_path, crew):
    case = saved / "tf215_norm"
    result = done(case, tmp_path / "out", crew, golden=case / "golden.npz")
    assert result.parity.level == "recorded"


def test_the_witness_runs_without_the_optimiser_inside_functions_too(saved, tmp_path, crew):
    assert done(saved / "tf215_norm", tmp_path / "out", crew).parity.level == "graph"


def test_a_frozen_graph_is_migrated_between_the_tensors_that_are_named(saved, tmp_path, crew):
    case = saved / "tf115_frozen"
    asked = {"input_tensors": {"x": "x:0"}, "output_tensors": {"out": "scope/out:0"}}
    result = done(case, tmp_path / "out", crew, golden=case / "golden.npz", **asked)
    assert result.parity.level == "recorded"
    assert all(e.status == "ignored" for e in result.ledger)


def test_fixtures_hold_what_their_names_say(saved):
    """A golden file that holds nothing would make everything above true."""
    for case in saved.iterdir():
        if (case / "golden.npz").exists():
            with np.load(case / "golden.npz") as arrays:
                assert {n.split("/")[0] for n in arrays.files} == {"inputs", "outputs"}

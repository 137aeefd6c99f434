"""The main job, end to end, on files of old runtimes, against what those runtimes answered."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.errors import Damaged, MappingProblem, OutputExists, RecipeProblem, UsageProblem
from tfmigrate.pipeline import Options
from tfmigrate.tensors import as_json

H5, CKPT = "h5-to-savedmodel", "ckpt-to-savedmodel"

# source, recipe beside it, command
RECORDED = [
    ("keras2_mnist_cnn/model.h5", None, H5),
    ("keras2_mnist_cnn/weights.h5", "model.json", H5),
    ("keras2_mnist_cnn/weights.h5", "model.yaml", H5),
    ("keras2_two_outputs/model.h5", None, H5),
    ("tfkeras28_functional/model.h5", None, H5),
    ("keras3_functional/model.keras", None, H5),
    ("keras3_functional/model.h5", None, H5),
    ("keras3_special/lora/model.h5", None, H5),
    ("keras3_special/words/model.keras", None, H5),
    ("keras3_special/trained/model.keras", None, H5),
    ("keras3_special/bins/model.keras", None, H5),
    ("keras3_special/first/model.keras", None, H5),
    ("keras3_special/int8/model.keras", None, H5),
    ("tf23_mymodel_ckpt/ckpts", "recipe.yaml", CKPT),
    ("tf23_mymodel_ckpt/ckpts/ckpt-3", "recipe.yaml", CKPT),
    ("tf23_mymodel_ckpt/ckpts_foreign", "recipe.yaml", CKPT),
    ("tf1_names_ckpt/model.ckpt-10", "recipe.yaml", CKPT),
    ("tf1_names_ckpt/v1", "recipe.yaml", CKPT),
]


def options(source: Path, recipe: str | None = None, **more) -> Options:
    folder = next(p for p in source.parents if (p / "golden.npz").exists())
    return Options(
        recipe=str(folder / recipe) if recipe else None, golden=folder / "golden.npz", **more
    )


@pytest.mark.parametrize(("source", "recipe", "command"), RECORDED)
def test_the_export_answers_what_the_original_runtime_answered(
    fixtures, tmp_path, crew, source, recipe, command
):
    path, output = fixtures / source, tmp_path / "out"
    done = pipeline.migrate(command, path, output, options(path, recipe), crew=crew)
    assert done.parity
    assert done.parity.level == "recorded"
    assert (output / "saved_model.pb").is_file()
    restored = [t for entry in done.ledger if entry.status == "restored" for t in entry.targets]
    assert sorted(restored) == sorted(v.name for v in done.variables)
    assert all(e.targets == e.expected for e in done.ledger)
    assert all(w.found.values() for w in done.walls.values() for _ in [w] if w.found)


@pytest.fixture(scope="module")
def migrated(fixtures, tmp_path_factory, crew):
    """One migration of the bundled model, read by another reader."""
    output = tmp_path_factory.mktemp("migrated") / "out"
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    return pipeline.migrate(H5, source, output, Options(), crew=crew)


def test_the_noise_of_its_arithmetic_is_measured_behind_walls(migrated):
    floor = migrated.parity.noise.floor["dense_1"]
    assert 1e-9 < floor["oneDNN off"] < 1e-5  # exactly 0 where oneDNN is on in both
    assert "one by one" in floor
    assert migrated.parity.noise.notes == ()
    assert migrated.walls["noise"].found["write outside"]
    assert migrated.walls["noise"].found["connect"]


def test_another_reader_of_the_file_is_the_reference_without_a_golden_file(migrated):
    assert migrated.parity.level == "reader"
    assert "shares layer code" in migrated.parity.said


def test_the_verdict_and_the_certificate_say_what_the_probes_reached(migrated):
    covered = migrated.parity.coverage
    assert [i.samples for i in covered.inputs] == [1 + 2 + 5 + 3]
    assert (covered.inputs[0].low, covered.inputs[0].high) == (-6, 6)  # the ends were tried
    assert [o.positions for o in covered.outputs] == [10]
    assert covered.warnings == ()
    folder = Path(migrated.output, "assets.extra", "tfmigrate")
    certificate = json.loads((folder / "certificate.json").read_text())
    assert certificate["parity"]["coverage"] == as_json(covered)
    assert (certificate["probes"]["samples"], certificate["probes"]["special"]) == (4, 1)


def test_the_certificate_tells_it_all_and_no_time_and_no_place(migrated, tmp_path):
    folder = Path(migrated.output, "assets.extra", "tfmigrate")
    text = (folder / "certificate.json").read_text()
    certificate = json.loads(text)
    assert certificate["evidence"] == "reader"
    assert certificate["source"]["kind"] == "keras-h5"
    assert {"rebuilder", "verifier", "reference"} <= set(certificate["walls"])
    assert all(w["found"]["write outside"] for w in certificate["walls"].values())
    assert len(certificate["ledger"]) >= len(migrated.variables)
    assert str(Path(migrated.output).parent) not in text
    assert str(Path.home()) not in text
    assert {"probes.npz", "expected.npz"} <= {p.name for p in folder.iterdir()}


def test_the_same_input_gives_the_same_bytes(migrated, tmp_path, crew):
    again = pipeline.migrate(H5, Path(migrated.source.path), tmp_path / "again", crew=crew)
    assert digests(Path(again.output)) == digests(Path(migrated.output))


def digests(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


def test_a_migrated_model_verifies_again_and_a_changed_one_does_not(migrated, tmp_path, crew):
    assert pipeline.verify(Path(migrated.output), crew=crew)
    copy = tmp_path / "copy"
    shutil.copytree(migrated.output, copy)
    data = copy / "variables" / "variables.data-00000-of-00001"
    raw = bytearray(data.read_bytes())
    raw[5] ^= 1
    data.write_bytes(raw)
    (copy / "stranger.txt").write_text("hello")
    found = pipeline.verify(copy, crew=crew)
    assert not found
    assert found.changed == ("variables/variables.data-00000-of-00001",)
    assert found.extra == ("stranger.txt",)


def test_an_output_that_differs_is_not_published(fixtures, tmp_path, crew):
    folder = fixtures / "keras2_mnist_cnn"
    with np.load(folder / "golden.npz") as held:
        arrays = {n: held[n] for n in held.files}
    arrays["outputs/dense_1"] = arrays["outputs/dense_1"] + np.float32(1e-4)
    golden = tmp_path / "golden.npz"
    np.savez(golden, **arrays)
    output = tmp_path / "deep" / "out"
    done = pipeline.migrate(H5, folder / "model.h5", output, Options(golden=golden), crew=crew)
    assert not done.parity
    assert done.output == ""
    assert not done.parity.outputs[0].passed
    assert done.parity.outputs[0].needed == pytest.approx(1e-4, rel=0.1)
    assert "NOT" in done.parity.said
    assert not output.parent.exists()


def test_an_output_that_is_there_is_never_touched_without_overwrite(fixtures, tmp_path, crew):
    output = tmp_path / "out"
    output.mkdir()
    (output / "mine.txt").write_text("mine")
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    with pytest.raises(OutputExists):
        pipeline.migrate(H5, source, output, crew=crew)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (output / "mine.txt").read_text() == "mine"


def test_a_dry_run_plans_everything_and_writes_nothing(fixtures, tmp_path, crew):
    source = fixtures / "keras2_two_outputs" / "model.h5"
    done = pipeline.migrate(H5, source, tmp_path / "out", Options(dry_run=True), crew=crew)
    assert done.parity is None
    assert {a.targets for a in done.plan.assignments} == {(v.name,) for v in done.variables}
    assert list(tmp_path.iterdir()) == []


def test_names_batch_and_key_of_the_signature_can_be_chosen(fixtures, tmp_path, crew):
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    asked = Options(
        rename_inputs={"conv2d_1_input": "image"},
        rename_outputs={"dense_1": "digits"},
        batch="4",
        signature="classify",
        model_version=7,
    )
    done = pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    (signature,) = done.signatures
    assert (signature.key, signature.inputs[0].name) == ("classify", "image")
    assert signature.inputs[0].shape == (4, 12, 12, 1)
    assert signature.outputs[0].name == "digits"
    assert done.renamed == {"conv2d_1_input": "image", "dense_1": "digits"}
    assert (tmp_path / "out" / "7" / "saved_model.pb").is_file()


def test_weights_without_an_architecture_ask_for_a_recipe(fixtures, tmp_path, crew):
    source = fixtures / "keras2_mnist_cnn" / "weights.h5"
    with pytest.raises(RecipeProblem, match="weights only"):
        pipeline.migrate(H5, source, tmp_path / "out", crew=crew)


def test_a_command_that_does_not_take_the_source_names_the_one_that_does(fixtures, tmp_path, crew):
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    with pytest.raises(UsageProblem) as raised:
        pipeline.migrate(CKPT, source, tmp_path / "out", crew=crew)
    assert "h5-to-savedmodel" in raised.value.help


def test_a_recipe_that_does_not_fit_gets_the_whole_list(fixtures, tmp_path, crew):
    folder = fixtures / "tf23_mymodel_ckpt"
    text = (folder / "recipe.yaml").read_text().replace("filters: 8", "filters: 9")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(text.replace("units: 6", "units: 5"))
    with pytest.raises(MappingProblem) as raised:
        pipeline.migrate(
            CKPT, folder / "ckpts", tmp_path / "out", Options(recipe=str(recipe)), crew=crew
        )
    said = " ".join(p.where + p.what for p in raised.value.problems)
    assert all(name in said for name in ("conv1/kernel", "conv1/bias", "d1/kernel", "d1/bias"))


def test_without_a_check_the_certificate_says_unverified(fixtures, tmp_path, crew):
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    done = pipeline.migrate(H5, source, tmp_path / "out", Options(verify=False), crew=crew)
    assert done.parity.level == "unverified"
    certificate = Path(done.output, "assets.extra", "tfmigrate", "certificate.json")
    assert json.loads(certificate.read_text())["evidence"] == "unverified"


SIGNED = """
signatures:
  classify:
    inputs: {image: {dtype: uint8, shape: [1, 5, 5, 1]}}
    outputs: {digits: logits}
"""


def test_a_recipes_signature_says_what_is_served(fixtures, tmp_path, crew):
    folder = fixtures / "tf23_mymodel_ckpt"
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text((folder / "recipe.yaml").read_text() + SIGNED)
    asked = Options(recipe=str(recipe))
    done = pipeline.migrate(CKPT, folder / "ckpts", tmp_path / "out", asked, crew=crew)
    (signature,) = done.signatures
    assert signature.key == "classify"
    assert signature.inputs[0].dtype == "uint8"
    assert signature.inputs[0].shape == (1, 5, 5, 1)
    assert [s.name for s in signature.outputs] == ["digits"]
    assert done.parity
    with pytest.raises(UsageProblem, match="no signature"):
        pipeline.migrate(
            CKPT,
            folder / "ckpts",
            tmp_path / "other",
            Options(recipe=str(recipe), signature="predict"),
            crew=crew,
        )


def test_a_source_that_changes_while_it_is_read_is_not_published(fixtures, tmp_path, crew):
    source = tmp_path / "model.h5"
    shutil.copy(fixtures / "keras2_mnist_cnn" / "model.h5", source)

    def meddle(step: str, done: int, total: int) -> None:
        if step == "exporting":
            os.utime(source, ns=(0, 0))

    with pytest.raises(Damaged, match="changed while"):
        pipeline.migrate(H5, source, tmp_path / "out", progress=meddle, crew=crew)
    assert [p.name for p in tmp_path.iterdir()] == ["model.h5"]


@pytest.mark.parametrize(
    "case",
    [
        "sources/k224_rnn_defaults/model.h5",
        "sources/k333_seq2seq/model.h5",
        "sources/tf215_bidir_backward/model.keras",
        "keras2_two_outputs/model.h5",
        "tfkeras28_functional/model.h5",
        "keras3_functional/model.keras",
    ],
)
def test_files_of_many_writers_are_read_twice_alike_and_served_anywhere(
    fixtures, tmp_path, crew, case
):
    source = fixtures / case
    asked = Options(require_evidence="reader")
    done = pipeline.migrate(H5, source, tmp_path / "out", asked, crew=crew)
    assert done.parity
    graph = (tmp_path / "out" / "saved_model.pb").read_bytes()
    assert b"Cudnn" not in graph  # an op that only GPUs have
    assert b"PyFunc" not in graph

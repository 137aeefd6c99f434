from __future__ import annotations

import json
import shutil
from pathlib import Path

from tfmigrate import sources
from tfmigrate.recipe.model import Weights
from tfmigrate.sources import stored_tensors
from tfmigrate.tensors import TensorInfo


def test_text_goes_to_stdout(run, calls):
    done = run("inspect", "m.h5")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("m.h5: Keras 2 whole-model H5\n")
    assert calls == [("inspect", Path("m.h5"), None)]


def test_json(run, calls):
    assert json.loads(run("inspect", "m.h5", "--format", "json").out)["kind"] == "inspection"


def test_signatures_alone_are_a_contract(run, calls):
    found = json.loads(run("inspect", "--signatures", "sm", "--format", "json").out)
    assert (found["kind"], found["signatures"]) == ("contract", [])
    assert calls == [("contract", Path("sm"))]
    assert run("inspect", "--signatures", "--step", "3", "sm").code == 2


def test_quiet_is_the_command_to_run(run, calls):
    assert run("inspect", "-q", "m.h5").out == "next: tfmigrate x\n"


def test_a_saved_model_of_ours_is_verified_next(tmp_path):
    fixture = Path(__file__).parents[1] / "fixtures" / "tfkeras28_functional" / "saved_model"
    folder = tmp_path / "a model"
    shutil.copytree(fixture, folder)
    assert sources.describe(folder).next_command == (
        f"tfmigrate savedmodel-to-savedmodel '{folder}' OUTPUT"
    )
    (folder / "assets.extra" / "tfmigrate").mkdir(parents=True)
    (folder / "assets.extra" / "tfmigrate" / "certificate.json").write_text("{}")
    assert sources.describe(folder).next_command == f"tfmigrate verify '{folder}'"


def test_advice_on_averages_names_what_a_recipe_can_hold():
    stored = {n: TensorInfo(n, (2,), "float32") for n in ("w", "w/ExponentialMovingAverage")}
    (hazard,) = stored_tensors.by_name(stored)[1]
    assert hazard.code == "moving-averages"
    assert "averages: prefer" in hazard.help
    for mode in ("prefer", "require", "ignore"):
        assert Weights.model_validate({"averages": mode})
        assert mode in hazard.help


def test_a_step_chooses_among_checkpoints(run):
    folder = Path(__file__).parents[1] / "fixtures" / "checkpoints" / "tf115" / "steps-v2"
    assert "model.ckpt-9: " in run("inspect", str(folder), "--step", "9").out
    assert "model.ckpt-100: " not in run("inspect", str(folder), "--step", "9").out
    missing = run("inspect", str(folder), "--step", "11")
    assert missing.code == 2
    assert "the steps that are there: 9, 10, 100" in missing.err

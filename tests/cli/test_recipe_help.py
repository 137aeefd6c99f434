"""The recipe commands on real checkpoints, workers and all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
NAMES = FIXTURES / "tf1_names_ckpt"
SOURCE = str(NAMES / "model.ckpt-10")


@pytest.fixture
def recipe(tmp_path):
    """The recipe of the fixture with something in it replaced."""

    def write(old="", new=""):
        text = (NAMES / "recipe.yaml").read_text()
        assert old in text
        path = tmp_path / "r.yaml"
        path.write_text(text.replace(old, new) if old else text)
        return str(path)

    return write


def test_check_says_what_would_be_restored_and_what_is_left_out(run, recipe):
    done = run("recipe", "check", recipe(), SOURCE)
    assert done.code == 0
    assert f"fits {SOURCE}" in done.out
    assert "8 of 8 variables would be restored" in done.out
    assert "optimizer slot" in done.out
    found = json.loads(run("recipe", "check", recipe(), SOURCE, "--format", "json").out)
    assert found["kind"] == "recipe-fit"
    assert len(found["dry_run"]["plan"]["assignments"]) == 8


def test_check_reports_everything_that_does_not_fit(run, recipe):
    done = run("recipe", "check", recipe("name: bn,", "name: norm,"), SOURCE, "--format", "json")
    assert done.code == 4
    found = json.loads(done.out)
    assert (found["error"], len(found["problems"]) >= 4) == ("MappingProblem", True)


def test_explain_names_the_renamed_layer_first_and_its_rule(run, recipe):
    path = recipe("name: bn,", "name: norm,")
    done = run("recipe", "explain", path, SOURCE, "--format", "json")
    assert done.code == 4
    found = json.loads(done.out)
    said = found["explanation"]
    first = {t["name"]: t["candidates"][0]["name"] for t in said["tensors"]}
    assert first == {f"encoder/bn/{w}": f"norm/{w}" for w in
                     ("beta", "gamma", "moving_mean", "moving_variance")}  # fmt: skip
    assert [p["text"] for p in said["proposals"]] == [
        '- {from: "encoder/bn/{a}", to: "norm/{a}", expect: 4}'
    ]
    assert (found["fits"], said["restored"]) == (False, 4)


def test_explain_in_words(run, recipe):
    done = run("recipe", "explain", recipe("name: bn,", "name: norm,"), SOURCE)
    assert "  4 of 8 variables restored" in done.out
    assert "nearest: norm/gamma (6,)" in done.out
    assert done.out.rstrip().splitlines()[-1].startswith("does not fit; with")
    fits = run("recipe", "explain", recipe(), SOURCE)
    assert (fits.code, fits.out.splitlines()[-1]) == (0, "everything fits")


def test_show_lists_the_variables_that_rules_can_name(run, recipe):
    done = run("recipe", "show", recipe(), "--variables", "--format", "json")
    assert done.code == 0
    found = json.loads(done.out)
    named = {v["name"]: (v["shape"], v["dtype"]) for v in found["variables"]}
    assert named["conv/kernel"] == ([3, 3, 1, 6], "float32")
    assert len(named) == 8
    assert "logits/bias" in run("recipe", "show", recipe(), "--variables").out


def test_a_recipe_without_architecture_has_no_variables(run, tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text("tfmigrate: 1\nweights: {rules: [{from: a, to: b}]}\n")
    done = run("recipe", "show", str(path), "--variables")
    assert done.code == 2
    assert "no architecture" in done.err


@pytest.mark.parametrize(
    "source", ["drafting/keras_chain/w", "drafting/keras_chain/weights.h5", "drafting/subclassed/w",
               "drafting/slim_blocks/model.ckpt", "tf1_names_ckpt/v1/model.ckpt-10"],
)  # fmt: skip
def test_a_draft_maps_every_tensor_of_its_source(run, tmp_path, source):
    file = tmp_path / "draft.yaml"
    made = run("recipe", "draft", str(FIXTURES / source), "--output", str(file))
    assert made.code == 0
    assert (
        made.out.rstrip()
        .splitlines()[-1]
        .startswith(f"wrote {file}; next: `tfmigrate recipe check")
    )
    checked = run("recipe", "check", str(file), str(FIXTURES / source))
    assert checked.code == 0, checked.err
    assert "0 source tensors unused" in checked.out or " 0 unused" in checked.out


def test_a_draft_on_stdout_is_the_recipe_and_nothing_else(run, tmp_path):
    done = run("recipe", "draft", str(FIXTURES / "drafting/keras_chain/w"))
    file = tmp_path / "d.yaml"
    file.write_text(done.out)
    assert run("recipe", "check", str(file)).code == 0
    found = json.loads(
        run("recipe", "draft", str(FIXTURES / "drafting/keras_chain/w"), "--format", "json").out
    )
    assert (found["kind"], found["basis"], found["text"]) == ("recipe-draft", "objects", done.out)


def test_a_draft_never_overwrites(run, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("mine")
    done = run("recipe", "draft", str(FIXTURES / "drafting/keras_chain/w"), "--output", str(file))
    assert (done.code, file.read_text()) == (2, "mine")


def test_a_draft_needs_weights(run):
    done = run("recipe", "draft", str(FIXTURES / "sources/py27_frozen_pb/frozen.pb.gz"))
    assert done.code == 3


def test_a_model_of_the_library_is_named_and_proved(run, tmp_path):
    cases = FIXTURES / "library"
    case = cases / "estimator_dnn_classifier" / "case.json"
    writer = FIXTURES.parent / "recipes" / "write_checkpoint.py"
    subprocess.run([sys.executable, str(writer), str(tmp_path), str(case)], check=True)
    source = tmp_path / "estimator_dnn_classifier" / "model.ckpt"
    done = run("recipe", "draft", str(source))
    assert done.code == 0
    first, second, *_ = done.out.splitlines()
    assert (
        first
        == "# This is estimator/dnn_classifier of the library: 6 of 6 variables match (sure: tried)"
    )
    assert "--recipe estimator/dnn_classifier --set 'hidden=[10, 8]' --set classes=4" in second
    file = tmp_path / "d.yaml"
    file.write_text(done.out)
    assert run("recipe", "check", str(file), str(source)).code == 0


def test_the_schema_is_json(run):
    done = run("recipe", "schema")
    assert done.code == 0
    assert json.loads(done.out)["$schema"].endswith("2020-12/schema")
    assert "# yaml-language-server: $schema=" in run("recipe", "schema", "--help").out

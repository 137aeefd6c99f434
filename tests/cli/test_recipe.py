from __future__ import annotations

import json

import pytest

from tfmigrate.recipe import library

RECIPE = """\
tfmigrate: 1
name: tiny
parameters: {units: 4}
architecture:
  semantics: keras-2.1
  inputs:
    tokens: {shape: [null, 7, 3], dtype: float32}
  layers:
    - {name: rnn, layer: LSTM, with: {units: $units}}
    - {name: out, layer: Dense, with: {units: 2}}
weights:
  rules:
    - {from: "a{i}/w", to: "b{i}/kernel"}
  ignore: [{names: global_step, because: training counter}]
"""


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(RECIPE)
    return path


def test_list_names_every_recipe_of_the_library(run, monkeypatch, tmp_path):
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "tiny.yaml").write_text(RECIPE)
    monkeypatch.setattr(library, "folder", lambda: tmp_path)
    done = run("recipe", "list")
    assert done.code == 0
    assert done.out.splitlines()[0] == f"keras/tiny  {tmp_path}/keras/tiny.yaml"
    found = json.loads(run("recipe", "list", "--format", "json").out)
    assert found["recipes"] == [{"name": "keras/tiny", "path": f"{tmp_path}/keras/tiny.yaml"}]


def test_show_prints_every_default_that_was_filled_in(run, recipe):
    done = run("recipe", "show", str(recipe), "--set", "units=5")
    assert done.code == 0
    assert done.out.startswith(f"{recipe}: tiny\n")
    assert "tokens  (None, 7, 3)  float32" in done.out
    assert '"units": 5' in done.out
    assert 'rnn  recurrent_activation  "hard_sigmoid"  (keras-2.1)' in done.out
    assert "a{i}/w -> b{i}/kernel" in done.out
    assert "ignore global_step: training counter" in done.out


def test_show_as_json(run, recipe):
    found = json.loads(run("recipe", "show", str(recipe), "--format", "json").out)
    assert (found["kind"], found["recipe"]["name"]) == ("recipe", "tiny")
    filled = {(d["layer"], d["argument"]): d["value"] for d in found["filled"]}
    assert filled["rnn", "recurrent_activation"] == "hard_sigmoid"


def test_check_says_what_it_looked_at(run, recipe):
    done = run("recipe", "check", str(recipe))
    assert done.code == 0
    assert done.out.startswith(f"{recipe}: no mistakes in the recipe (2 layers, 1 weight rule, ")


def test_check_reports_every_mistake(run, recipe):
    broken = RECIPE.replace("LSTM", "LSMT").replace("because", "becuase")
    recipe.write_text(broken)
    done = run("recipe", "check", str(recipe), "--format", "json")
    assert done.code == 4
    assert "tiny.yaml:9 " in done.err
    assert "tiny.yaml:14 " in done.err
    assert "did you mean: LSTM" in done.err
    assert len(json.loads(done.out)["problems"]) >= 2


def test_a_recipe_that_does_not_exist(run):
    assert run("recipe", "show", "no-such-recipe").code == 4


def test_a_command_that_does_not_exist(run):
    assert "did you mean check or schema?" in run("recipe", "chek", "x").err


def _model(tmp_path, *layers, **top):
    made = [{"class_name": c, "config": {"name": c.lower(), **more}} for c, more in layers]
    path = tmp_path / "model.json"
    config = {"name": "m", "layers": made}
    path.write_text(json.dumps({"class_name": "Sequential", "config": config, **top}))
    return path


def test_check_of_a_keras_config_does_not_claim_a_checked_recipe(run, tmp_path):
    dense = ("Dense", {"units": 2, "batch_input_shape": [None, 3], "activation": "relu"})
    path = _model(tmp_path, dense, dense, keras_version="2.3.1", backend="tensorflow")
    done = run("recipe", "check", str(path))
    assert (done.code, done.err) == (0, "")
    assert "no mistakes" not in done.out
    assert f"{path}: a Keras model config with 2 layers" in done.out
    assert "`tfmigrate h5-to-savedmodel WEIGHTS OUTPUT --recipe" in done.out
    assert "--dry-run" in done.out.splitlines()[-1]


def test_check_of_a_keras_config_lists_what_will_be_hard(run, tmp_path):
    code = {"function": ["4wEAAAA=", None, None], "function_type": "lambda"}
    known = {"keras_version": "2.3.1", "backend": "tensorflow"}
    path = _model(tmp_path, ("Lambda", code), ("MyOwnLayer", {}), **known)
    done = run("recipe", "check", str(path), "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["kind"], found["layers"]) == (5, "keras-config-check", 2)
    assert {"lambda", "custom-layer"} <= {h["code"] for h in found["hazards"]}
    assert "refused" in run("recipe", "check", str(path)).out
    only = _model(tmp_path, ("MyOwnLayer", {}), **known)
    assert run("recipe", "check", str(only)).code == 3


def test_functions_are_listed_with_their_arguments(run):
    done = run("recipe", "functions", "softmax")
    assert done.code == 0
    assert "softmax(x, axis=-1)" in done.out.splitlines()
    assert all("softmax" in line for line in done.out.splitlines())
    assert run("recipe", "functions", "nothing").out.strip() == "no function is called nothing"

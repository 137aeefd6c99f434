from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import load_recipe

CNN = Path(__file__).parents[1] / "fixtures" / "keras2_mnist_cnn"


def test_json_and_yaml_of_one_model_are_the_same() -> None:
    from_json = load_recipe(str(CNN / "model.json"))
    from_yaml = load_recipe(str(CNN / "model.yaml"))
    assert from_json.keras_config == from_yaml.keras_config
    assert from_json.keras_config is not None
    assert from_json.keras_config["class_name"] == "Sequential"
    stored = json.loads((CNN / "model.json").read_text("utf-8"))
    assert from_json.keras_config == stored
    assert from_json.keras_version == from_yaml.keras_version == stored["keras_version"]
    assert from_yaml.backend == "tensorflow"
    assert from_yaml.architecture is None


def test_a_json_text_inside_a_json_text(write: Callable[..., str]) -> None:
    text = json.dumps((CNN / "model.json").read_text("utf-8"))
    assert load_recipe(write(text, "m.json")).keras_config is not None


def test_tuples_texts_and_anchors(write: Callable[..., str]) -> None:
    path = write(
        "backend: !!python/unicode 'tensorflow'\n"
        "class_name: Sequential\n"
        "config:\n"
        "- class_name: !!python/str 'Conv2D'\n"
        "  config: {strides: &id001 !!python/tuple [1, 1], padding: *id001, eps: 1.0e-03, a: 1e5}\n"
        "keras_version: 2.0.8\n"
    )
    recipe = load_recipe(path)
    assert recipe.backend == "tensorflow"
    assert recipe.keras_config is not None
    layer = recipe.keras_config["config"][0]
    # 1e5 is a text to the PyYAML that wrote it.
    assert layer["config"] == {"strides": [1, 1], "padding": [1, 1], "eps": 0.001, "a": "1e5"}
    assert layer["config"]["strides"] is not layer["config"]["padding"]


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch pwned']",
        "!!python/name:os.system ''",
        "!!python/tuple 'text'",
        "!!python/unicode [a]",
    ],
)
def test_other_tags_are_refused(value: str, write: Callable[..., str]) -> None:
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write(f"class_name: Model\nconfig:\n  x: {value}\n"))
    (problem,) = caught.value.problems
    assert problem.what == "a tag asks for a value that is not plain data"
    assert (problem.line, problem.path) == (3, "$.config.x")


def test_an_anchor_bomb_is_stopped(write: Callable[..., str]) -> None:
    rows = ["class_name: Model", "config:", "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write("\n".join(rows)))
    assert "more than 200,000 values" in caught.value.problems[0].what


def test_a_chain_of_anchors_cannot_nest_deeper_than_plain_text(write: Callable[..., str]) -> None:
    rows = ["class_name: Model", "config:", "  a0: &a0 [x]"]
    rows += [f"  a{i}: &a{i} [*a{i - 1}]" for i in range(1, 250)]
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write("\n".join(rows)))
    assert "nested deeper than 200 levels" in caught.value.problems[0].what


def test_an_anchor_inside_itself_is_stopped(write: Callable[..., str]) -> None:
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write("class_name: Model\nconfig: &a [*a]\n"))
    assert "stands for nothing before it" in caught.value.problems[0].what


@pytest.mark.parametrize(
    "text",
    [
        '{"class_name": "Model", "config": {}',
        '{"class_name": "Model"}',
        '["class_name"]'.replace("[", "{").replace("]", ": 1}"),
        '{"class_name": ' + "[" * 100_000,
    ],
)
def test_broken_json(text: str, write: Callable[..., str]) -> None:
    with pytest.raises(RecipeProblem):
        load_recipe(write(text, "model.json"))


def test_a_keras_model_has_no_parameters() -> None:
    with pytest.raises(RecipeProblem):
        load_recipe(str(CNN / "model.json"), {"units": "3"})

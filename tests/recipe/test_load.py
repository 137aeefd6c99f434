from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import load_recipe
from tfmigrate.tensors import Tolerance

GOOD = Path(__file__).parent / "good"
FUNCTIONAL = str(GOOD / "functional.yaml")


@pytest.mark.parametrize("path", sorted(GOOD.glob("*.yaml")), ids=lambda p: p.stem)
def test_good_recipes_load(path: Path) -> None:
    recipe = load_recipe(str(path))
    assert recipe.path == str(path)
    assert recipe.source_text == path.read_text("utf-8")
    assert recipe.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_others_read() -> None:
    recipe = load_recipe(FUNCTIONAL)
    assert recipe.name == "functional"
    assert recipe.tolerances() == {"probabilities": Tolerance(1e-5, 0.0)}
    assert recipe.input_ranges() == {"tokens": (0.0, 20.0)}
    assert recipe.signatures["serving_default"].outputs["probabilities"].from_ == "probabilities"
    assert [rule.line for rule in recipe.weights.rules] == [30, 31]
    assert recipe.keras_config is None


def test_parameters_reach_every_place() -> None:
    recipe = load_recipe(FUNCTIONAL, {"units": "6", "scope": "dec", "wide": "true", "rate": "1"})
    assert recipe.architecture is not None
    layers = {layer.name: layer for layer in recipe.architecture.layers}
    assert layers["rnn"].with_["units"] == 6
    assert layers["dense"].with_["use_bias"] is True
    assert type(layers["dropped"].with_["rate"]) is float
    assert "dec/out" in layers
    assert recipe.weights.rules[0].from_ == ("dec{i}/w$",)
    assert recipe.parameters["units"] == 6


def test_ops_come_in_their_long_form() -> None:
    recipe = load_recipe(FUNCTIONAL)
    assert recipe.weights.rules[1].ops == (
        {"concat": {"axis": 0}},
        {"reshape": {"shape": [2, -1]}},
        {"split": {"axis": 1, "sizes": [1, 2]}},
        {"squeeze": {"axis": [1]}},
    )


def test_a_recipe_without_a_name_has_that_of_its_file() -> None:
    assert load_recipe(str(GOOD / "weights_only.yaml")).name == "weights_only"


def test_settings_that_do_not_fit(told: Callable[..., str]) -> None:
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(FUNCTIONAL, {"unit": "3", "units": "3.5", "wide": "1"})
    assert told(caught.value.problems) == (
        "- : the recipe has no such parameter\n"
        "    expected: one of: activation, rate, scope, units, vocabulary, wide\n"
        "    nearest: units\n"
        "- : '3.5' does not fit the parameter\n"
        "    expected: a whole number, like its default 4\n"
        "- : '1' does not fit the parameter\n"
        "    expected: true or false, like its default False\n"
    )
    assert [p.where for p in caught.value.problems] == ["--set unit", "--set units", "--set wide"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"tfmigrate: 1\n#" + b"x" * (1 << 20), "larger than 1 MiB"),
    ],
)
def test_files_that_are_no_recipe(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(content)
    with pytest.raises(RecipeProblem, match=what):
        load_recipe(str(path))


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RecipeProblem, match="cannot be read"):
        load_recipe(str(tmp_path))
    with pytest.raises(RecipeProblem, match="no such recipe file"):
        load_recipe("https://example.org/recipe.yaml")

from __future__ import annotations

from collections.abc import Callable

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import FilledDefault, fill_defaults, load_recipe
from tfmigrate.recipe.model import Recipe

TEXT = """
tfmigrate: 1
architecture:
  semantics: keras-2.2
  inputs: {x: {shape: [null, 4, 4]}}
  layers:
    - {name: a, layer: GRU, with: {units: 3, reset_after: true, return_sequences: true}}
    - {name: b, layer: Bidirectional, with: {layer: {layer: LSTM, with: {units: 3}}}}
"""


def test_defaults_are_written_out_and_listed(write: Callable[..., str]) -> None:
    recipe, filled = fill_defaults(load_recipe(write(TEXT)))
    assert recipe.architecture is not None
    first, second = recipe.architecture.layers
    assert first.with_["recurrent_activation"] == "hard_sigmoid"
    assert first.with_["reset_after"] is True
    assert second.with_["layer"]["with"] == {"units": 3, "recurrent_activation": "hard_sigmoid"}
    assert filled == [
        FilledDefault("a", "recurrent_activation", "hard_sigmoid", "keras-2.2"),
        FilledDefault("b/layer", "recurrent_activation", "hard_sigmoid", "keras-2.2"),
    ]


def test_filling_twice_fills_nothing_more(write: Callable[..., str]) -> None:
    once, _ = fill_defaults(load_recipe(write(TEXT)))
    twice, filled = fill_defaults(once)
    assert (twice, filled) == (once, [])


def test_a_recipe_made_in_python_is_checked_too() -> None:
    layer = {"name": "a", "layer": "LSTM", "with": {"units": 3}}
    architecture = {"inputs": {"x": {"shape": [None, 4, 4]}}, "layers": [layer]}
    recipe = Recipe.model_validate({"tfmigrate": 1, "architecture": architecture})
    with pytest.raises(RecipeProblem) as caught:
        fill_defaults(recipe)
    assert caught.value.problems[0].path == "$.architecture.layers[0].with"


def test_a_layer_inside_a_layer_is_named_by_its_place() -> None:
    inner = {"layer": "LSTM", "with": {"units": 3}}
    layer = {"name": "a", "layer": "Bidirectional", "with": {"layer": inner}}
    architecture = {"inputs": {"x": {"shape": [None, 4, 4]}}, "layers": [layer]}
    recipe = Recipe.model_validate({"tfmigrate": 1, "architecture": architecture})
    with pytest.raises(RecipeProblem) as caught:
        fill_defaults(recipe)
    assert caught.value.problems[0].path == "$.architecture.layers[0].with.layer.with"


def test_a_recipe_without_architecture_has_nothing_to_fill() -> None:
    recipe = Recipe.model_validate({"tfmigrate": 1})
    assert fill_defaults(recipe) == (recipe, [])

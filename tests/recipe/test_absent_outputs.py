"""What a recipe says about an output goes with the output."""

from __future__ import annotations

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import load_recipe

RECIPE = """\
tfmigrate: 1
name: net
parameters: {top: true}
architecture:
  semantics: keras-2.2
  inputs: {image: {shape: [null, 3]}}
  layers:
    - {name: features, layer: Dense, with: {units: 2}}
    - {name: predictions, layer: Softmax, when: $top}
  outputs: {features: features, predictions: predictions}
parity:
  tolerance: {predictions: {rtol: 0.1, atol: 0.1}}
"""


def test_the_tolerance_of_an_output_that_is_left_out_is_left_out(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(RECIPE)
    assert list(load_recipe(str(path)).parity.tolerance) == ["predictions"]
    assert not load_recipe(str(path), {"top": "false"}).parity.tolerance


def test_the_tolerance_of_an_output_that_never_was_is_a_mistake(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(RECIPE.replace("{predictions: {rtol", "{prediction: {rtol"))
    with pytest.raises(RecipeProblem, match="there is no output prediction"):
        load_recipe(str(path), {"top": "false"})

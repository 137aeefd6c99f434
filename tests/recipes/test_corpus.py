"""The recipes that are kept with the tests have no mistakes, and are called after their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate.recipe import load_recipe
from tfmigrate.recipe.fill import fill_defaults

RECIPES = sorted(Path(__file__).parent.glob("*/*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_every_recipe_has_no_mistake(path):
    recipe, _ = fill_defaults(load_recipe(str(path)))
    assert recipe.name == path.stem


def test_they_are_there():
    assert len(RECIPES) >= 15

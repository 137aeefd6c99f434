"""``tfmigrate recipe``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.recipe.fill import FilledDefault
    from tfmigrate.report.recipe_results import KerasChecked


@click.group("recipe", cls=options.Group, no_args_is_help=False)
def group() -> None:
    """The recipe library, and help with your own recipes."""


@group.command("list", cls=options.Command)
@options.screen
def list_(form: str, verbosity: int, quiet: bool) -> None:
    """Name the recipes that come with tfmigrate."""
    from tfmigrate.recipe import library
    from tfmigrate.report.recipe_results import Listed, RecipeList

    found = RecipeList(tuple(Listed(n, str(file)) for n, file in library.recipes().items()))
    screen.finish(found, form, screen.style(verbosity, quiet), 0)


@group.command("show", cls=options.Command)
@click.argument("recipe")
@options.parameters
@options.screen
def show(recipe: str, parameters: dict[str, str], form: str, verbosity: int, quiet: bool) -> None:
    """Show a recipe as it will be read, with every default that was filled in.

    RECIPE is a file, or the name of one in the library.
    """
    from tfmigrate.report.recipe_results import RecipeShown

    loaded, filled = _load(recipe, parameters)
    data = loaded.model_dump(mode="json", by_alias=True, exclude={"source_text"})
    found = RecipeShown(loaded.path, data, tuple(map(dataclasses.asdict, filled)))
    screen.finish(found, form, screen.style(verbosity, quiet), 0)


@group.command("check", cls=options.Command)
@click.argument("recipe")
@options.parameters
@options.screen
def check(recipe: str, parameters: dict[str, str], form: str, verbosity: int, quiet: bool) -> None:
    """Report every mistake in a recipe at once (exit code 4), each with its line.

    RECIPE is a file, or the name of one in the library. Of a Keras model.json or model.yaml it
    lists what will be hard; what cannot be migrated gives exit code 3, or 5 where it is code.
    """
    from tfmigrate.report.recipe_results import RecipeChecked

    loaded, filled = _load(recipe, parameters)
    if loaded.keras_config is not None:
        keras = _keras(loaded, loaded.keras_config)
        worst = max((h.exit_code for h in keras.hazards), default=0)
        screen.finish(keras, form, screen.style(verbosity, quiet), worst)
    layers = len(loaded.architecture.layers) if loaded.architecture else 0
    found = RecipeChecked(
        loaded.path, loaded.sha256, layers, len(loaded.weights.rules), len(filled)
    )
    screen.finish(found, form, screen.style(verbosity, quiet), 0)


def _keras(recipe: Recipe, model: dict[str, Any]) -> KerasChecked:
    from tfmigrate.report.recipe_results import KerasChecked
    from tfmigrate.sources import config, hazards, writers

    writer = writers.keras(recipe.keras_version, recipe.backend)
    layers = sum(1 for _ in config.layers(model)) - 1  # the model itself comes first
    return KerasChecked(recipe.path, recipe.sha256, layers, hazards.find(model, writer))


def _load(ref: str, parameters: dict[str, str]) -> tuple[Recipe, list[FilledDefault]]:
    from tfmigrate.recipe import load_recipe
    from tfmigrate.recipe.fill import fill_defaults

    return fill_defaults(load_recipe(ref, parameters))

"""``tfmigrate recipe``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.recipe.fill import FilledDefault


@click.group("recipe", cls=options.Group, no_args_is_help=False)
def group() -> None:
    """The recipe library, and help with your own recipes."""


@group.command("list", cls=options.Command)
@options.screen
def list_(form: str, verbosity: int, quiet: bool) -> None:
    """Name the recipes that come with tfmigrate."""
    from tfmigrate.recipe import library
    from tfmigrate.report.recipe_results import RecipeList

    found = RecipeList(tuple((name, str(file)) for name, file in library.recipes().items()))
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

    RECIPE is a file, or the name of one in the library.
    """
    from tfmigrate.report.recipe_results import RecipeChecked

    loaded, filled = _load(recipe, parameters)
    layers = len(loaded.architecture.layers) if loaded.architecture else 0
    found = RecipeChecked(
        loaded.path, loaded.sha256, layers, len(loaded.weights.rules), len(filled)
    )
    screen.finish(found, form, screen.style(verbosity, quiet), 0)


def _load(ref: str, parameters: dict[str, str]) -> tuple[Recipe, list[FilledDefault]]:
    from tfmigrate.recipe import load_recipe
    from tfmigrate.recipe.fill import fill_defaults

    return fill_defaults(load_recipe(ref, parameters))

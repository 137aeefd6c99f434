"""``tfmigrate recipe check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen
from tfmigrate.cli.recipe_read import load

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.report.recipe_results import KerasChecked


@click.command("check", cls=options.Command)
@click.argument("recipe")
@click.argument("source", required=False, type=click.Path(path_type=Path))
@options.building
@options.step
@options.screen
def check(
    recipe: str, source: Path | None, form: str, verbosity: int, quiet: bool, **asked: Any
) -> None:
    """Report every mistake in a recipe at once (exit code 4), each with its line.

    RECIPE is a file, or the name of one in the library. With SOURCE, also whether every tensor of
    it becomes a variable of the recipe's model: names and shapes are mapped, no value is read and
    nothing is written. Of a Keras model.json or model.yaml alone it lists what will be hard; what
    cannot be migrated gives exit code 3, or 5 where it is code.
    """
    style = screen.style(verbosity, quiet)
    if source is not None:
        from tfmigrate import recipe_help
        from tfmigrate.options import Options
        from tfmigrate.report import progress
        from tfmigrate.report.recipe_results import RecipeFits

        wanted = Options(recipe=recipe, dry_run=True, verbose=verbosity > 1, **asked)
        with progress.shown_on(sys.stderr, quiet=quiet) as report:
            done = recipe_help.check(source, wanted, report)
        screen.finish(RecipeFits(recipe, done), form, style, 0)
    loaded, filled = load(recipe, asked["parameters"])
    if loaded.keras_config is not None:
        keras = _keras(loaded, loaded.keras_config)
        worst = max((h.exit_code for h in keras.hazards), default=0)
        screen.finish(keras, form, style, worst)
    screen.finish(_checked(loaded, len(filled)), form, style, 0)


def _checked(loaded: Recipe, filled: int) -> object:
    from tfmigrate.report.recipe_results import RecipeChecked

    layers = len(loaded.architecture.layers) if loaded.architecture else 0
    rules = len(loaded.weights.rules)
    return RecipeChecked(loaded.path, loaded.sha256, layers, rules, filled)


def _keras(recipe: Recipe, model: dict[str, Any]) -> KerasChecked:
    from tfmigrate.report.recipe_results import KerasChecked
    from tfmigrate.sources import config, hazards, writers

    writer = writers.keras(recipe.keras_version, recipe.backend)
    layers = sum(1 for _ in config.layers(model)) - 1  # the model itself comes first
    return KerasChecked(recipe.path, recipe.sha256, layers, hazards.find(model, writer))

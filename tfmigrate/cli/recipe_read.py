"""``tfmigrate recipe list``, ``show`` and ``functions``."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Any

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen
from tfmigrate.errors import shown

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.recipe.fill import FilledDefault


@click.command("list", cls=options.Command)
@options.screen
def list_(form: str, verbosity: int, quiet: bool) -> None:
    """Name the recipes that come with tfmigrate."""
    from tfmigrate.recipe import library
    from tfmigrate.report.recipe_results import Listed, RecipeList

    found = RecipeList(tuple(Listed(n, str(file)) for n, file in library.recipes().items()))
    screen.finish(found, form, screen.style(verbosity, quiet), 0)


@click.command("show", cls=options.Command)
@click.argument("recipe")
@click.option(
    "--variables",
    is_flag=True,
    cls=options.Option,
    section="Recipe",
    help="Build the model and list its variables, as `to` in a weight rule names them.",
)
@options.building
@options.screen
def show(
    recipe: str, variables: bool, form: str, verbosity: int, quiet: bool, **asked: Any
) -> None:
    """Show a recipe as it will be read, with every default that was filled in.

    RECIPE is a file, or the name of one in the library.
    """
    from tfmigrate.report.recipe_results import RecipeShown, RecipeVariables

    style = screen.style(verbosity, quiet)
    if variables:
        from tfmigrate import recipe_help
        from tfmigrate.options import Options
        from tfmigrate.report import progress

        wanted = Options(recipe=recipe, dry_run=True, verbose=verbosity > 1, **asked)
        with progress.shown_on(sys.stderr, quiet=quiet) as report:
            built = recipe_help.variables(wanted, report)
        listed = RecipeVariables(
            recipe, built.architecture.engine, built.variables, built.signature
        )
        screen.finish(listed, form, style, 0)
    loaded, filled = load(recipe, asked["parameters"])
    data = loaded.model_dump(mode="json", by_alias=True, exclude={"source_text"})
    found = RecipeShown(loaded.path, data, tuple(map(dataclasses.asdict, filled)))
    screen.finish(found, form, style, 0)


def load(ref: str, parameters: dict[str, str]) -> tuple[Recipe, list[FilledDefault]]:
    """A recipe, its parameters set, and the defaults that were filled in."""
    from tfmigrate.recipe import load_recipe
    from tfmigrate.recipe.fill import fill_defaults

    return fill_defaults(load_recipe(ref, parameters))


@click.command("functions", cls=options.Command)
@click.argument("name", default="")
def functions(name: str) -> None:
    """List what an expression of a recipe can call, with its arguments.

    NAME leaves those whose name holds it: `tfmigrate recipe functions conv`.
    """
    from tfmigrate.expressions.listing import functions as known

    found = [line for line in known() if name in line.partition("(")[0]]
    screen.write("\n".join(found) or f"no function is called {shown(name, 60)}", sys.stdout)

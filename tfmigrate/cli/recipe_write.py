"""``tfmigrate recipe explain``, ``draft`` and ``schema``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen


@click.command("explain", cls=options.Command)
@click.argument("recipe")
@click.argument("source", type=click.Path(path_type=Path))
@options.building
@options.step
@options.screen
def explain(
    recipe: str, source: Path, form: str, verbosity: int, quiet: bool, **asked: Any
) -> None:
    """Say what does not fit between a recipe and a source, and propose rules.

    Everything that is open on both sides, the nearest candidates by name and shape, and rules
    ready to paste, tried together with the recipe's own. What names and shapes cannot decide is
    called undecidable and never guessed. Exit code 0 when everything fits, 4 otherwise.
    """
    from tfmigrate import recipe_help
    from tfmigrate.options import Options
    from tfmigrate.report import progress
    from tfmigrate.report.recipe_results import RecipeExplained

    wanted = Options(recipe=recipe, dry_run=True, verbose=verbosity > 1, **asked)
    with progress.shown_on(sys.stderr, quiet=quiet) as report:
        described, found = recipe_help.explain(source, wanted, report)
    answer = RecipeExplained(recipe, described.path, bool(found), found)
    screen.finish(answer, form, screen.style(verbosity, quiet), 0 if found else 4)


@click.command("draft", cls=options.Command)
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    cls=options.Option,
    section="Output",
    help="Write the recipe to FILE, which must not exist, instead of stdout.",
)
@options.screen
def draft(source: Path, output: Path | None, form: str, verbosity: int, quiet: bool) -> None:
    """Write a first recipe for a file of weights, with comments on what is sure and what guessed.

    Looks in the library first. Else the architecture comes from the graph beside a checkpoint, from
    the objects in it, or from names and shapes alone, which say nothing of strides, padding and
    activations: every such thing is marked `unknown`.
    """
    from tfmigrate import recipe_help
    from tfmigrate.report import progress
    from tfmigrate.report.recipe_results import RecipeDrafted

    with progress.shown_on(sys.stderr, quiet=quiet) as report:
        made = recipe_help.draft(source, output, report, verbose=verbosity > 1)
    target = str(output) if output else ""
    found = RecipeDrafted(str(source), made.basis, made.text, made.said, target)
    screen.finish(found, form, screen.style(verbosity, quiet), 0)


@click.command("schema", cls=options.Command)
def schema() -> None:
    """Print the JSON Schema of recipes, for editors.

    Save it, and put this line at the top of a recipe; editors with a YAML language server then
    complete and check it.

    \b
        # yaml-language-server: $schema=recipe.schema.json
    """
    from tfmigrate.recipe.json_schema import schema as recipe_schema

    screen.write(json.dumps(recipe_schema(), indent=2), sys.stdout)

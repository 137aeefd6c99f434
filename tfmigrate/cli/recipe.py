"""``tfmigrate recipe``."""

from __future__ import annotations

import click

from tfmigrate.cli.app import LazyGroup

COMMANDS = {
    "list": "tfmigrate.cli.recipe_read:list_",
    "show": "tfmigrate.cli.recipe_read:show",
    "check": "tfmigrate.cli.recipe_check:check",
    "explain": "tfmigrate.cli.recipe_write:explain",
    "draft": "tfmigrate.cli.recipe_write:draft",
    "schema": "tfmigrate.cli.recipe_write:schema",
    "functions": "tfmigrate.cli.recipe_read:functions",
}


@click.group("recipe", cls=LazyGroup, lazy=COMMANDS, no_args_is_help=False)
def group() -> None:
    """The recipe library, and help with your own recipes."""

"""``tfmigrate golden``."""

from __future__ import annotations

import click

from tfmigrate.cli.app import LazyGroup

COMMANDS = {
    "record": "tfmigrate.cli.golden_record:record",
    "script": "tfmigrate.cli.golden_script:script",
}


@click.group("golden", cls=LazyGroup, lazy=COMMANDS, no_args_is_help=False)
def group() -> None:
    """Run a model in its own old runtime and keep what it answers, as proof."""

"""The commands: lazy commands, and every error as a message and an exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from tfmigrate.cli import failures, options, signals
from tfmigrate.lazy import load

COMMANDS = {
    "h5-to-savedmodel": "tfmigrate.cli.h5_to_savedmodel:command",
    "ckpt-to-savedmodel": "tfmigrate.cli.ckpt_to_savedmodel:command",
    "savedmodel-to-savedmodel": "tfmigrate.cli.savedmodel_to_savedmodel:command",
    "inspect": "tfmigrate.cli.inspect:command",
    "verify": "tfmigrate.cli.verify:command",
    "diff": "tfmigrate.cli.diff:command",
    "recipe": "tfmigrate.cli.recipe:group",
    "schema": "tfmigrate.cli.schema:command",
    "golden": "tfmigrate.cli.golden:group",
}


class LazyGroup(options.Group):
    """A group that imports a command when it is asked for."""

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now; None where there is none."""
        command: click.Command | None = load(self.lazy[cmd_name]) if cmd_name in self.lazy else None
        return command


def _version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from tfmigrate import __version__

        click.echo(f"tfmigrate {__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version and exit.",
)  # fmt: skip
def group() -> None:
    """Any TensorFlow or Keras model, of any era, to one verified SavedModel.

    Start with `tfmigrate inspect PATH`: it says what a file is and which command to run.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; everything that can happen becomes an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its number, not a traceback.
            stream.reconfigure(errors="backslashreplace")
    try:
        with signals.unwinding():
            return _invoke(given)
    except BaseException as error:  # noqa: BLE001 - the one place where everything ends
        return failures.report(error, given)


def _invoke(given: list[str]) -> int:
    # Not group.main(): it turns EOFError into "Aborted!" and a broken pipe into exit code 1.
    try:
        with group.make_context("tfmigrate", given or ["--help"], obj=tuple(given)) as context:
            group.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0

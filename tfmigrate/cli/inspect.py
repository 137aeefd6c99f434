"""``tfmigrate inspect``."""

from __future__ import annotations

from pathlib import Path

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen


@click.command("inspect", cls=options.Command)
@click.argument("path", type=click.Path(path_type=Path))
@options.step
@click.option(
    "--signatures",
    is_flag=True,
    help="Only what callers of a SavedModel rely on; with --format json it is a --contract.",
)
@options.screen
def command(
    path: Path, step: int | None, signatures: bool, form: str, verbosity: int, quiet: bool
) -> None:
    """Say what a file is, and which command to run.

    Also who wrote it, what is in it, and what will be hard. PATH is a model file, a checkpoint's
    prefix, or a directory. Nothing in it is executed.
    """
    from tfmigrate import pipeline  # not at the top: --help and usage errors do without it

    style = screen.style(verbosity, quiet)
    if signatures and step is not None:
        raise click.UsageError("--step is for checkpoints, which have no signatures")
    if signatures:
        screen.finish(pipeline.contract(path), form, style, 0)
    screen.finish(pipeline.inspect(path, step), form, style, 0)

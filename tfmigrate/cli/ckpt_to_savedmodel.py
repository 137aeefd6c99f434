"""``tfmigrate ckpt-to-savedmodel``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from tfmigrate.cli import convert, options
from tfmigrate.errors import UsageProblem


@click.command("ckpt-to-savedmodel", cls=options.Command)
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@options.step
@options.migration
@options.screen
def command(source: Path, output: Path, **asked: Any) -> None:
    """Migrate a checkpoint, with a recipe, to a SavedModel.

    SOURCE is a checkpoint's prefix, one of its files, or a directory of checkpoints, of which the
    latest is taken, or that of --step. --recipe is needed: a checkpoint holds variables and no
    architecture.
    OUTPUT becomes the SavedModel's directory; nothing that exists is touched without --overwrite.
    """
    if asked["recipe"] is None:
        raise UsageProblem(
            "a checkpoint holds variables and no architecture, so --recipe is needed",
            help=f"`tfmigrate inspect {shlex.quote(str(source))}` lists the variables that a "
            "recipe has to account for\n"
            "`tfmigrate recipe list` names the recipes that come with tfmigrate\n"
            "for weights that Keras saved, the model.json or model.yaml beside them will do",
        )
    convert.run("ckpt-to-savedmodel", source, output, **asked)

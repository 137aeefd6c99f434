"""``tfmigrate h5-to-savedmodel``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tfmigrate.cli import convert, options


@click.command("h5-to-savedmodel", cls=options.Command)
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@options.migration
@options.screen
def command(source: Path, output: Path, **asked: Any) -> None:
    """Migrate a Keras file to a verified SavedModel.

    SOURCE is a whole-model H5, a .keras file, or with --recipe a weights-only H5 or .weights.h5.
    OUTPUT becomes the SavedModel's directory; nothing that exists is touched without --overwrite.
    """
    convert.run("h5-to-savedmodel", source, output, **asked)

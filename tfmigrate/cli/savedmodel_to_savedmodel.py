"""``tfmigrate savedmodel-to-savedmodel``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tfmigrate.cli import convert, options


@click.command("savedmodel-to-savedmodel", cls=options.Command)
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@options.graphs
@options.migration
@options.screen
def command(source: Path, output: Path, **asked: Any) -> None:
    """Migrate an old SavedModel, or a frozen graph, to a verified SavedModel.

    SOURCE is the directory of a SavedModel of TF1, Keras or TF2, or of a TF-Hub module, or a frozen
    graph (.pb), which needs --input and --output or a recipe. Its signatures are kept, all that can
    be served; --signature takes one of them alone. Nothing of its Python is needed.
    OUTPUT becomes the SavedModel's directory; nothing that exists is touched without --overwrite.
    """
    convert.run("savedmodel-to-savedmodel", source, output, **asked)

"""``tfmigrate schema``."""

from __future__ import annotations

import sys

import click

from tfmigrate.cli import options
from tfmigrate.cli.output import write


@click.command("schema", cls=options.Command)
def command() -> None:
    """Print the JSON Schema of what --format json prints.

    It describes every kind of document of this version, and under $defs/certificate the
    certificate.json of a SavedModel. A document says its version under "tfmigrate" and its kind
    under "kind". Within one version keys are only added, so readers ignore those they do not know.
    """
    from importlib import resources

    text = resources.files("tfmigrate.report").joinpath("schema.json").read_text(encoding="utf-8")
    write(text.rstrip("\n"), sys.stdout)

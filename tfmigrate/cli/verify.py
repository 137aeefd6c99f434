"""``tfmigrate verify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen
from tfmigrate.cli.page import page
from tfmigrate.report import progress
from tfmigrate.report.verdict import passed


@click.command("verify", cls=options.Command)
@click.argument("savedmodel", type=click.Path(path_type=Path))
@click.option(
    "--deep",
    is_flag=True,
    help="Also read every tensor again, and compare it with the hash in the ledger.",
)
@options.report
@options.screen
def command(
    savedmodel: Path, deep: bool, report: Path | None, form: str, verbosity: int, quiet: bool
) -> None:
    """Check a migrated SavedModel again.

    SAVEDMODEL is a directory that tfmigrate wrote: its files are compared with the certificate,
    and the stored probes are run through the signature once more. An UNVERIFIED SavedModel, which
    holds nothing to compare with, ends with exit code 1.
    """
    from tfmigrate import pipeline  # not at the top: --help and usage errors do without it

    with page(report, savedmodel, savedmodel) as html:
        with progress.shown_on(sys.stderr, quiet=quiet) as said:
            found = pipeline.verify(savedmodel, said, deep=deep)
        html.write(found)
    # None is a failure here: a check that compared nothing has shown nothing.
    screen.finish(found, form, screen.style(verbosity, quiet), 0 if passed(found) else 1)

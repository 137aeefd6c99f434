"""``tfmigrate diff``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen
from tfmigrate.cli.convert import given as given_options
from tfmigrate.options import Options
from tfmigrate.report import progress

_FOLDER = click.Path(path_type=Path)


@click.command("diff", cls=options.Command)
@click.argument("a", type=_FOLDER)
@click.argument("b", type=_FOLDER)
@options.probing
@click.option("--no-run", "run", flag_value=False, default=True, type=bool,
              help="Compare what they hold, and run neither.")  # fmt: skip
@options.screen
def command(
    a: Path, b: Path, run: bool, form: str, verbosity: int, quiet: bool, **asked: Any
) -> None:
    """Compare two SavedModels of any era: signatures, answers, variables, assets.

    A is what clients know today, B what they would meet. Both answer the same probes from disk, by
    the signatures that both have; a SavedModel with ops that are not known to be harmless is read
    and not run. Ends with 0 where nothing that was compared differs, else with 1. Variables under
    other names, or stored more often, are told and are no difference.
    """
    asking = {"--inputs", "--samples", "--seed", "--rtol", "--atol"} & given_options()
    if asking and not run:
        raise click.UsageError(f"with --no-run nothing is asked: {', '.join(sorted(asking))}")
    from tfmigrate import pipeline  # not at the top: --help and usage errors do without it

    given = Options(**asked, verbose=verbosity > 1)
    with progress.shown_on(sys.stderr, quiet=quiet) as said:
        found = pipeline.diff(a, b, given, said, run=run)
    screen.finish(found, form, screen.style(verbosity, quiet), 0 if found else 1)

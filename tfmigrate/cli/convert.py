"""The body that the migration commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from tfmigrate.cli import output as screen
from tfmigrate.options import Options
from tfmigrate.report import progress
from tfmigrate.report.verdict import passed


def run(
    command: str, source: Path, output: Path, form: str, verbosity: int, quiet: bool, **asked: Any
) -> NoReturn:
    """Migrate, report, exit; ``asked`` are the fields of ``tfmigrate.options.Options``."""
    from tfmigrate import pipeline  # not at the top: --help and usage errors do without it

    _check(asked)
    options = Options(**asked, verbose=verbosity > 1)
    with progress.shown_on(sys.stderr, quiet=quiet) as report:
        done = pipeline.migrate(command, source, output, options, report)
    code = 1 if passed(done) is False else 0  # None: a dry run, or --no-verify asked for nothing
    screen.finish(done, form, screen.style(verbosity, quiet), code)


def _check(asked: dict[str, Any]) -> None:
    for name, option in (("require_evidence", "--require-evidence"), ("golden", "--golden")):
        if not asked["verify"] and asked[name] is not None:
            raise click.UsageError(f"--no-verify checks nothing, so {option} cannot be met with it")

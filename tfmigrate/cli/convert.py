"""The body that the migration commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from tfmigrate.cli import output as screen
from tfmigrate.cli.page import page
from tfmigrate.options import Options
from tfmigrate.report import progress
from tfmigrate.report.verdict import passed


def run(
    command: str,
    source: Path,
    output: Path,
    form: str,
    verbosity: int,
    quiet: bool,
    report: Path | None,
    **asked: Any,
) -> NoReturn:
    """Migrate, report, exit; ``asked`` are the fields of ``tfmigrate.options.Options``."""
    from tfmigrate import pipeline  # not at the top: --help and usage errors do without it

    _check(asked)
    options = Options(**asked, verbose=verbosity > 1)
    with page(report, output, source) as html:
        with progress.shown_on(sys.stderr, quiet=quiet) as said:
            done = pipeline.migrate(command, source, output, options, said)
        html.write(done)
    code = 1 if passed(done) is False else 0  # None: a dry run, or --no-verify asked for nothing
    screen.finish(done, form, screen.style(verbosity, quiet), code)


def _check(asked: dict[str, Any]) -> None:
    """Refuse what contradicts itself or would be ignored, all of it at once, before any work."""
    there = given()
    said = [
        f"{option} has no use with {other}"
        for other, useless in _USELESS.items()
        if other in there
        for option in useless
        if option in there
    ]
    if "--set" in there and "--recipe" not in there:
        said.append("--set is for a recipe, and there is no --recipe")
    evidence = asked["require_evidence"]
    if evidence is not None and not asked["verify"]:
        said.append("--no-verify checks nothing, so --require-evidence cannot be met with it")
    if said:
        raise click.UsageError("; ".join(said))


# option -> the options that say nothing beside it
_USELESS = {
    "--golden": ("--inputs", "--samples", "--seed"),
    "--inputs": ("--samples", "--seed"),
    "--no-verify": (
        "--golden",
        "--inputs",
        "--samples",
        "--seed",
        "--rtol",
        "--atol",
        "--prove",
    ),
    "--dry-run": ("--prove",),
}


def given() -> set[str]:
    """The options that stand on the command line, also where they repeat a default."""
    context = click.get_current_context()
    return {
        max(parameter.opts, key=len)
        for parameter in context.command.params
        if parameter.name
        and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    }

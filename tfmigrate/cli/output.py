"""What goes to stdout and stderr, and with which colours."""

from __future__ import annotations

import os
import sys
from typing import NoReturn, TextIO

import click

from tfmigrate import report
from tfmigrate.errors import EnvironmentProblem


def finish(result: object, form: str, style: report.Style, code: int) -> NoReturn:
    """Hand a result to its reporter, write it to stdout and end with ``code``."""
    text = report.render(result, form, style)
    try:
        write(text, sys.stdout)
    except OSError as error:
        raise EnvironmentProblem(f"the result cannot be written: {error.strerror}") from error
    raise click.exceptions.Exit(code)


def style(verbosity: int, quiet: bool) -> report.Style:
    """How the user wants to read a result."""
    return report.Style(verbosity, quiet, paint_for(sys.stdout))


def paint_for(stream: TextIO) -> report.Paint:
    """Colours for a terminal, unless NO_COLOR (https://no-color.org) is set and not empty."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return report.plain
    return _paint


def write(text: str, stream: TextIO) -> None:
    """Write a text and a newline; a reader that went away (``| head``) is no error."""
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except OSError as error:
        # What is left in the buffer would raise once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def _paint(text: str, colour: str) -> str:
    return click.style(text, bold=True) if colour == "bold" else click.style(text, fg=colour)

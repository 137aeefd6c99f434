"""What is said, and which exit code is given, when a command does not reach its end."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from itertools import zip_longest

import click

from tfmigrate.cli import signals
from tfmigrate.cli.output import paint_for, write
from tfmigrate.errors import TfmigrateError, UsageProblem
from tfmigrate.lazy import load

BUG = 70
_PACKAGES = ("tfmigrate", "tensorflow", "tf-keras", "keras", "numpy", "h5py", "click")


def report(error: BaseException, arguments: Sequence[str]) -> int:
    """Say on stderr what happened, with ``--format json`` also on stdout; the exit code."""
    if isinstance(error, click.UsageError):
        error = _usage(error)
    if isinstance(error, TfmigrateError):
        text: str = load("tfmigrate.report.error_text:render")(error, paint_for(sys.stderr))
        return _say(text, error.to_dict(), arguments)
    if isinstance(error, KeyboardInterrupt):
        return _say("interrupted", _plain("Interrupted", signals.INTERRUPTED), arguments)
    if isinstance(error, signals.Terminated):
        return _say("terminated", _plain("Terminated", error.exit_code), arguments)
    if isinstance(error, BrokenPipeError) and _while_showing_help(error):
        write("", sys.stdout)
        return 0
    report = _bug(error)
    return _say(report, {**_plain("Bug", BUG), "what": repr(error), "report": report}, arguments)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, also where it does not parse."""
    asked = "text"
    for here, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        if here == "--":
            break
        if here == "--format":
            asked = following
        elif here.startswith("--format="):
            asked = here.partition("=")[2]
    return asked == "json"


def _say(text: str, body: dict[str, object], arguments: Sequence[str]) -> int:
    write(text, sys.stderr)
    if wants_json(arguments):
        write(load("tfmigrate.report.as_json:document")("error", body), sys.stdout)
    return int(str(body["exit_code"]))


def _plain(name: str, code: int) -> dict[str, object]:
    return {"error": name, "exit_code": code, "what": name.lower(), "where": "", "help": ""}


def _usage(error: click.UsageError) -> UsageProblem:
    path = error.ctx.command_path if error.ctx else "tfmigrate"
    return UsageProblem(
        error.format_message().rstrip("."), help=f"`{path} --help` shows what there is"
    )


def _while_showing_help(error: BaseException) -> bool:
    """Whether it was click that wrote (``--help | head``), and not a pipe of ours that broke."""
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and frames[-1][0].f_globals.get("__name__") == "click.utils"


def _bug(error: BaseException) -> str:
    import platform  # slow, and hardly ever needed

    trace = "".join(traceback.format_exception(error)).rstrip()
    versions = "\n".join(f"{name} {_installed(name)}" for name in _PACKAGES)
    return (
        f"error: this is a bug in tfmigrate ({type(error).__name__})\n"
        "Please report it with everything between the lines, after a look for what is private.\n"
        "----\n"
        f"```\nPython {platform.python_version()} on {platform.platform()}\n{versions}\n```\n\n"
        f"```\n{trace}\n```\n"
        "----"
    )


def _installed(package: str) -> str:
    from importlib import metadata  # as above

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"

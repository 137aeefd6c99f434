"""Every shared option, once; each is named after its field in ``tfmigrate.options.Options``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tfmigrate.cli import values
from tfmigrate.cli.classes import Command as Command
from tfmigrate.cli.classes import Group as Group
from tfmigrate.cli.classes import Option as Option
from tfmigrate.cli.classes import option as _option
from tfmigrate.cli.probing import PROBING
from tfmigrate.proof import LEVELS
from tfmigrate.report import REPORTERS

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _inverted(ctx: click.Context, parameter: click.Parameter, value: bool) -> bool:
    return not value


SET = _option(
    "Recipe",
    "--set",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=values.assignments,
    help="A recipe parameter; repeatable.",
)

BACKEND = _option(
    "Recipe",
    "--backend",
    type=click.Choice(["theano", "tensorflow"]),
    help="Keras's backend, where a Keras 0 or 1 file does not say.",
)

MEMORY = _option(
    "Machine",
    "--memory",
    callback=values.memory,
    metavar="SIZE",
    help=("What a worker may use beyond its start (6GB, 800MB), instead of the computed limit."),
)

TRUST_CODE = _option(
    "Risky",
    "--trust-code",
    "trust_code",
    multiple=True,
    type=_FILE,
    metavar="FILE.py",
    help=(
        "Python code of the model's author with its custom layers and functions; repeatable. "
        "THE FILE IS RUN, unedited, behind the walls of the worker that rebuilds the model, "
        "and its SHA-256 is put on record. Give only code that you have read."
    ),
)

REPORT = _option(
    "Proof",
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="Also write the result as one self-contained page, whether it holds or not.",
)

STEP = _option(
    "Source",
    "--step",
    type=click.IntRange(0),
    metavar="N",
    help="The checkpoint of this step (PREFIX-N), where there are several.",
)

GRAPHS = (
    _option(
        "Source",
        "--tags",
        callback=values.tags,
        metavar="TAG,...",
        help="The graph with exactly these tags, where a SavedModel holds several.",
    ),
    _option(
        "Source",
        "--input",
        "input_tensors",
        multiple=True,
        metavar="NAME=TENSOR:0",
        callback=values.tensors,
        help="An input of a frozen graph; repeatable. TENSOR:0 alone has its node's name.",
    ),
    _option(
        "Source",
        "--output",
        "output_tensors",
        multiple=True,
        metavar="NAME=TENSOR:0",
        callback=values.tensors,
        help="An output of a frozen graph; repeatable.",
    ),
)

MIGRATION = (
    _option(
        "Recipe",
        "-r",
        "--recipe",
        metavar="RECIPE",
        help=(
            "A recipe file, the name of one in the library (`tfmigrate recipe "
            "list`), or a Keras model.json / model.yaml."
        ),
    ),
    SET,
    BACKEND,
    _option(
        "Signature",
        "--rename-input",
        "rename_inputs",
        multiple=True,
        metavar="OLD:NEW",
        callback=values.renames,
        help="Another name for an input of the signature; repeatable.",
    ),
    _option(
        "Signature",
        "--rename-output",
        "rename_outputs",
        multiple=True,
        metavar="OLD:NEW",
        callback=values.renames,
        help="Another name for an output of the signature; repeatable.",
    ),
    _option(
        "Signature",
        "--signature",
        default="",
        metavar="NAME",
        help="The key of the exported signature; serving_default, or the recipe's only one.",
    ),
    _option(
        "Signature",
        "--contract",
        type=click.Path(exists=True, path_type=Path),
        metavar="OLD",
        help=(
            "What callers rely on today: an old SavedModel, or the JSON that `tfmigrate inspect "
            "--signatures` or TensorFlow Serving's metadata gives. What would break them is exit "
            "code 1, and nothing is written."
        ),
    ),
    _option(
        "Signature",
        "--alias",
        is_flag=True,
        help="Keep the names of --contract as a second signature, beside the new ones.",
    ),
    _option(
        "Signature",
        "--batch",
        default="dynamic",
        show_default=True,
        metavar="dynamic|N",
        callback=values.batch,
        help="Leave the batch dimension free, or fix it.",
    ),
    _option(
        "Proof",
        "--golden",
        type=_FILE,
        metavar="FILE.npz",
        help=(
            "Inputs and outputs recorded by the original model: arrays "
            "inputs/NAME and outputs/NAME."
        ),
    ),
    *PROBING,
    _option(
        "Proof",
        "--require-evidence",
        type=click.Choice(LEVELS[1:]),
        help=("The least level of evidence to accept; below it nothing is written (exit code 1)."),
    ),
    _option(
        "Proof",
        "--prove",
        is_flag=True,
        help=(
            "Plant known faults into the rebuilt model, one at a time, and insist that these "
            "probes and tolerances notice each."
        ),
    ),
    REPORT,
    _option(
        "Output",
        "--model-version",
        type=click.IntRange(0),
        metavar="N",
        help="Write OUTPUT/N/, the layout TensorFlow Serving watches.",
    ),
    _option("Output", "--dry-run", is_flag=True, help="Show the plan and write nothing."),
    MEMORY,
    _option("Machine", "--gpu", is_flag=True, help="Let workers see CUDA devices."),
    _option(
        "Risky",
        "--overwrite",
        is_flag=True,
        help="Replace what is at OUTPUT, by one atomic exchange.",
    ),
    _option(
        "Risky",
        "--no-verify",
        "verify",
        is_flag=True,
        callback=_inverted,
        help=(
            "Do not check the export; it is stamped UNVERIFIED. Not with "
            "--require-evidence or --golden."
        ),
    ),
    TRUST_CODE,
)

SCREEN = (
    _option(
        "Screen",
        "--format",
        "form",
        type=click.Choice(list(REPORTERS)),
        default="text",
        show_default=True,
        help="What stdout carries.",
    ),
    _option(
        "Screen",
        "-v",
        "--verbose",
        "verbosity",
        count=True,
        help="Fold and leave out nothing; -vv lets TensorFlow's log lines through.",
    ),
    _option(
        "Screen",
        "-q",
        "--quiet",
        is_flag=True,
        help="No progress, and of a text result only the last line.",
    ),
)


def migration(function: F) -> F:
    """The options of every migration."""
    return _all(MIGRATION, function)


def building(function: F) -> F:
    """What decides how a recipe's model is built, for commands that do not migrate."""
    return _all((SET, BACKEND, MEMORY, TRUST_CODE), function)


def report(function: F) -> F:
    """``--report``, for commands whose result is worth a page."""
    return REPORT(function)


def probing(function: F) -> F:
    """What is asked, and how answers are compared, for commands that do not migrate."""
    return _all((*PROBING, MEMORY), function)


def step(function: F) -> F:
    """``--step``, for commands that take a checkpoint."""
    return STEP(function)


def screen(function: F) -> F:
    """The options that say what is shown: ``form``, ``verbosity``, ``quiet``."""
    return _all(SCREEN, function)


def graphs(function: F) -> F:
    """What of a graph is meant, for commands that take one."""
    return _all(GRAPHS, function)


def _all(options: tuple[Callable[[F], F], ...], function: F) -> F:
    for option in reversed(options):
        function = option(function)
    return function

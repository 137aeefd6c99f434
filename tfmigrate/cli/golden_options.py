"""The options of ``tfmigrate golden record``; most are handed to the recorder as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tfmigrate.cli import options, values
from tfmigrate.golden.runtimes import RUNTIMES

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False)


def _option(section: str, *names: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*names, cls=options.Option, section=section, **settings)


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    _option(
        "Runtime", "--runtime", type=click.Choice(["auto", *RUNTIMES]), metavar="NAME",
        help=f"auto (from what `tfmigrate inspect` finds), or one of: {', '.join(RUNTIMES)}.",
    ),
    _option(
        "Runtime", "--python", metavar="PATH", callback=values.interpreter,
        help="Alone: a Python with your own environment, to run in, as a path or a command. With"
        " --runtime: the interpreter to make the environment from.",
    ),
    _option(
        "Runtime", "--timeout", type=click.FloatRange(1), default=1800.0, show_default=True,
        metavar="SECONDS", help="What the old runtime may take.",
    ),
    _option(
        "Model", "--architecture", type=_FILE, metavar="FILE",
        help="The model.json or model.yaml of a file of mere weights.",
    ),
    _option(
        "Model", "--library", type=click.Choice(["keras", "tf.keras", "tf_keras"]),
        help="Which Keras of the runtime, where the file does not decide it.",
    ),
    _option(
        "Model", "--backend", type=click.Choice(["theano", "tensorflow"]),
        help="Keras's backend, where a Keras 0 or 1 file does not say.",
    ),
    _option(
        "Model", "--input", "inputs_of_graph", multiple=True, metavar="NAME=TENSOR:0",
        help="An input of a graph (.meta, .pb), and the name it gets; repeatable.",
    ),
    _option(
        "Model", "--output", "outputs_of_graph", multiple=True, metavar="NAME=TENSOR:0",
        help="An output of a graph; repeatable. (The golden file is --out.)",
    ),
    _option(
        "Model", "--feed", multiple=True, metavar="TENSOR:0=VALUE",
        help="A tensor of a graph that is held constant (is_training:0=false); repeatable.",
    ),
    _option(
        "Model", "--signature", metavar="NAME",
        help="The signature of a SavedModel; serving_default, or its only one.",
    ),
    _option("Model", "--tags", help="The tags of a SavedModel, separated by commas."),
    _option(
        "Probes", "--inputs", type=_FILE, metavar="FILE.npz",
        help="Inputs to run on: arrays inputs/NAME. Made up from the model where not given.",
    ),
    _option(
        "Probes", "--length", multiple=True, type=click.IntRange(1), metavar="N",
        help="The size of free dimensions, where they are made up; repeatable.",
    ),
    _option(
        "Probes", "--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True,
        metavar="N", help="The seed of what is made up.",
    ),
    _option(
        "Probes", "--activations", is_flag=True,
        help="Keep every layer's output too: a migration that fails then finds the first layer.",
    ),
    _option(
        "Probes", "--activation-limit", type=click.IntRange(1), default=32, show_default=True,
        metavar="MIB", help="Leave out outputs of layers that are larger.",
    ),
    _option(
        "Output", "-o", "--out", type=click.Path(path_type=Path), metavar="FILE.npz",
        help="The golden file; SOURCE's name and .golden.npz in this folder where not given.",
    ),
    _option("Risky", "--overwrite", is_flag=True, help="Replace the golden file that is there."),
    _option(
        "Risky", "--code", metavar="FILE.py[:NAME]",
        help="Python code of the model's author with its custom layers; NAME() returns the model."
        " THE FILE IS RUN, as is code inside the model file.",
    ),
)  # fmt: skip

_PATHS = ("inputs", "architecture")
_NAMES = {"inputs_of_graph": "input", "outputs_of_graph": "output"}


def record(function: F) -> F:
    """The options of ``golden record``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def arguments(asked: dict[str, Any]) -> tuple[str, ...]:
    """What was asked for as arguments of the recorder, which runs in another folder."""
    found: list[str] = []
    for name, value in asked.items():
        flag = "--" + _NAMES.get(name, name).replace("_", "-")
        if value is True:
            found.append(flag)
        elif isinstance(value, tuple):
            found += [part for each in value for part in (flag, str(each))]
        elif value is not None and value is not False:  # 0 is a seed
            path = name in _PATHS or name == "code"
            found += [flag, str(Path(value).absolute()) if path else str(value)]
    return tuple(found)

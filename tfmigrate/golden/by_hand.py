"""How to make a runtime by hand where tfmigrate cannot: commands to paste, and a Dockerfile."""

from __future__ import annotations

import json
import shlex

from tfmigrate.errors import EnvironmentProblem
from tfmigrate.golden.runtimes import Runtime


def no_interpreter(runtime: Runtime) -> EnvironmentProblem:
    """The error that says which Python is missing and what can be done."""
    python, full = runtime.base.python, runtime.base.full
    uv = [f"uv python install {python}"] if tuple(map(int, python.split("."))) >= (3, 8) else []
    ways = "\n".join(f"  {way}" for way in (f"pyenv install {full}", *uv))
    return EnvironmentProblem(
        f"there is no Python {python} here, which the runtime {runtime.name} needs",
        help=(
            f"any of these brings one, then run the same command again:\n{ways}\n"
            f"or name one with --runtime {runtime.name} --python PATH.\n{container(runtime)}"
        ),
    )  # fmt: skip


def container(runtime: Runtime) -> str:
    """The commands that run the recorder in a container of that runtime, each of one line."""
    image = f"tfmigrate-{runtime.name}"
    commands = (
        "tfmigrate golden script > recorder.py",
        f"tfmigrate golden script --dockerfile {runtime.name} | docker build -t {image} -",
        f'docker run --rm --network none -v "$PWD":/model -w /model {image}'
        " python recorder.py MODEL --out MODEL.golden.npz",
    )
    return "\n".join(
        (
            "In a container without a network, in the folder of the model (with its name for"
            " MODEL):",
            *(f"  {command}" for command in commands),
            "The Dockerfile of the second command is",
            *(f"  {line}" for line in dockerfile(runtime)),
        )
    )


def dockerfile(runtime: Runtime) -> tuple[str, ...]:
    """The lines of a Dockerfile that makes the runtime."""
    base = runtime.base
    lines = [f"FROM python:{base.full}-slim"]
    if base.tools:
        lines.append(f"RUN pip install {_quoted(*base.tools)}")
    binary = f"--only-binary={base.only_binary} " if base.only_binary else ""
    lines.append(f"RUN pip install {binary}{_quoted(*base.requires)}")
    env = dict(runtime.env)
    if runtime.on_top:
        lines.append(f"RUN pip install --no-deps --target /on_top {_quoted(*runtime.on_top)}")
        env["PYTHONPATH"] = "/on_top"
    lines.append("ENV " + " ".join(f"{k}={v}" for k, v in sorted(env.items())))
    if runtime.keras_json:
        text = shlex.quote(json.dumps(dict(runtime.keras_json), sort_keys=True))
        lines.append(f"RUN mkdir -p ~/.keras && echo {text} > ~/.keras/keras.json")
    return tuple(lines)


def _quoted(*requirements: str) -> str:
    return " ".join(shlex.quote(r) for r in requirements)

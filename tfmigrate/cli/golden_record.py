"""``tfmigrate golden record``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tfmigrate.cli import golden_options, options
from tfmigrate.cli import output as screen


@click.command("record", cls=options.Command)
@click.argument("source", type=click.Path(path_type=Path))
@golden_options.record
@options.screen
def record(
    source: Path,
    runtime: str | None,
    python: Path | None,
    out: Path | None,
    overwrite: bool,
    timeout: float,
    form: str,
    verbosity: int,
    quiet: bool,
    **asked: Any,
) -> None:
    """Run a model in its own old runtime, and keep inputs and outputs in a golden file.

    THE OLD RUNTIME RUNS ON THE FILE, outside the walls of a migration: loading it can run code that
    is in it (Lambda layers, the author's code of --code). Give only files that you trust.

    With --python alone the model runs in that environment of yours. Else the environment is made
    from a table of pins that were tried, for the Python it needs, and kept for the next time; what
    is downloaded is said first. Without such a Python the commands and a Dockerfile are printed
    (exit code 6).
    """
    from tfmigrate.golden import recording

    target = out or Path(f"{source.absolute().name}.golden.npz")
    recording.refuse_hopeless(source, target, overwrite)
    given = golden_options.arguments(asked)
    job = recording.Job(source, target, given, overwrite, timeout)
    if python is not None and runtime is None:
        from tfmigrate.golden import interpreters

        interpreters.given(python, "")
        found = recording.record(job, recording.of_user(python))
    else:
        found = _in_runtime(job, runtime or "auto", python, asked)
    screen.finish(found, form, screen.style(verbosity, quiet), 0)


def _in_runtime(job: Any, runtime: str, python: Path | None, asked: dict[str, Any]) -> Any:
    """Record in a runtime of the table, which is made where it is not there yet."""
    from dataclasses import replace

    from tfmigrate.golden import choice, environments, recording
    from tfmigrate.golden.runtimes import RUNTIMES

    chosen = RUNTIMES.get(runtime)
    said = f"{runtime}, as asked"
    if chosen is None:
        from tfmigrate import pipeline

        described = pipeline.inspect(job.source)
        architecture = asked["architecture"]
        chosen = choice.choose(
            described, asked["backend"] or "", Path(architecture) if architecture else None
        )
        said = choice.why(described, chosen)
    environment = environments.ready(chosen, python, lambda text: screen.write(text, sys.stderr))
    return recording.record(replace(job, runtime=chosen.name, chosen=said), environment)

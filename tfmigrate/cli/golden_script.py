"""``tfmigrate golden script``."""

from __future__ import annotations

import sys

import click

from tfmigrate.cli import options
from tfmigrate.cli import output as screen
from tfmigrate.golden.runtimes import RUNTIMES


@click.command("script", cls=options.Command)
@click.option(
    "--dockerfile",
    type=click.Choice(list(RUNTIMES)),
    metavar="RUNTIME",
    cls=options.Option,
    section="Output",
    help="Print instead the Dockerfile of a runtime that the recorder can run in; the names are"
    " those of `tfmigrate golden record --runtime`.",
)
def script(dockerfile: str | None) -> None:
    """Print the recorder: one Python file that needs nothing of tfmigrate.

    It runs on Python 2.7 to 3.13 with whatever Keras or TensorFlow is there, loads a model the way
    its own time did, and writes a golden file. Use it where tfmigrate cannot be:

    \b
        tfmigrate golden script > recorder.py
        python recorder.py model.h5        # writes model.h5.golden.npz

    Loading a model with the library of its time can run code that is in the file (Lambda layers):
    run it where that may happen.
    """
    if dockerfile is not None:
        from tfmigrate.golden import by_hand

        screen.write("\n".join(by_hand.dockerfile(RUNTIMES[dockerfile])), sys.stdout)
        return
    from tfmigrate.golden.script import source

    screen.write(source().rstrip("\n"), sys.stdout)

"""The options that say what a model is asked, and when answers are the same."""

from __future__ import annotations

from pathlib import Path

import click

from tfmigrate.cli import values
from tfmigrate.cli.classes import option

PROBING = (
    option(
        "Proof",
        "--inputs",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE.npz",
        help="Inputs to probe with: arrays inputs/NAME.",
    ),
    option(
        "Proof",
        "--samples",
        type=click.IntRange(1),
        metavar="N",
        default=3,
        show_default=True,
        help="How many random probes to make; zeros, ones and extremes follow by themselves.",
    ),
    option(
        "Proof",
        "--seed",
        type=click.IntRange(0),
        metavar="N",
        default=0,
        show_default=True,
        help="The seed of the probes.",
    ),
    option(
        "Proof",
        "--rtol",
        multiple=True,
        metavar="TOLERANCES",
        callback=values.tolerances,
        help='Relative tolerance, for every output or per output: "1e-5 probs:1e-4".',
    ),
    option(
        "Proof",
        "--atol",
        multiple=True,
        metavar="TOLERANCES",
        callback=values.tolerances,
        help="Absolute tolerance, spelt as --rtol.",
    ),
)

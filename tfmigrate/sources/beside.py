"""What lies beside a file of weights, and the command that uses it."""

from __future__ import annotations

import pathlib
import re
import shlex
from collections.abc import Sequence

from tfmigrate.errors import SourceProblem
from tfmigrate.results import Hazard
from tfmigrate.sources import strict_json

_SUFFIXES = (".json", ".yaml", ".yml")
_LISTED = 1000


def architecture(weights: pathlib.Path) -> pathlib.Path | None:
    """The ``model.json`` or ``model.yaml`` beside a file of weights; None where there is none.

    A file counts by what it says, not by its name; the likeliest name goes first.
    """
    stem = re.sub(r"([_.-]?weights?)?(\.weights)?$", "", weights.stem)
    wanted = [f"{name}{suffix}" for name in (stem, "model", "architecture") for suffix in _SUFFIXES]
    near = sorted(
        entry
        for entry, _ in zip(weights.absolute().parent.iterdir(), range(_LISTED), strict=False)
        if entry.suffix in _SUFFIXES
    )
    near.sort(key=lambda e: wanted.index(e.name) if e.name in wanted else len(wanted))
    return next((weights.parent / e.name for e in near if _is_model(e)), None)


def command(path: pathlib.Path, hazards: Sequence[Hazard], needs_recipe: bool = False) -> str:
    """The command to run next; "" where a hazard stands in its way."""
    blocking = [h for h in hazards if h.exit_code]
    if not all(h.needs for h in blocking):
        return ""
    parts = ["tfmigrate", "h5-to-savedmodel", shlex.quote(str(path)), "OUTPUT"]
    if needs_recipe:
        found = architecture(path)
        parts += ["--recipe", shlex.quote(str(found)) if found is not None else "RECIPE"]
    if blocking:  # what the author's code, or a recipe in its place, can give
        parts += ["--trust-code", "FILE.py"]
    if any(h.code == "unknown-backend" for h in hazards):
        parts += ["--backend", "theano|tensorflow"]
    return " ".join(parts)


def _is_model(path: pathlib.Path) -> bool:
    if not path.is_file() or path.stat().st_size > strict_json.SIZE_LIMIT:
        return False
    text = path.read_bytes()
    if path.suffix != ".json":
        return re.match(rb"(\S.*\n)*class_name:", text[:4096]) is not None
    try:
        found = strict_json.parse(text, str(path))
    except SourceProblem:
        return False
    return isinstance(found, dict) and "config" in found and "class_name" in found

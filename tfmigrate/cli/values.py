"""What the values of options mean; a value that means nothing is a usage error (exit code 2)."""

from __future__ import annotations

import math
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import click

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt])(i?)b?", re.IGNORECASE)


def assignments(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """``NAME=VALUE``, each name once; the value may hold further equals signs."""
    return _pairs([text.partition("=") for text in given], "NAME=VALUE")


def renames(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """``OLD:NEW``, each name once; OLD may hold a colon (``x:0``), NEW cannot."""
    found = _pairs([text.rpartition(":") for text in given], "OLD:NEW")
    if len(set(found.values())) < len(found):
        raise click.BadParameter("two names cannot both become the same one")
    return found


def batch(ctx: click.Context, parameter: click.Parameter, given: str) -> str:
    """``dynamic``, or a positive number."""
    if given != "dynamic" and not (given.isascii() and given.isdigit() and int(given) > 0):
        raise click.BadParameter(f"{given!r} is neither 'dynamic' nor a positive number")
    return given


def tolerances(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """``1e-5`` and ``output:1e-4``, separated by spaces or commas, each output once."""
    found = [part for text in given for part in re.split(r"[\s,]+", text) if part]
    names = []
    for part in found:
        name, colon, number = part.rpartition(":")
        if not _tolerable(number) or (colon and not name):
            raise click.BadParameter(f"{part!r} is not a tolerance such as 1e-5 or probs:1e-4")
        names.append(name)
    if len(set(names)) < len(names):
        raise click.BadParameter("the same output (or the default) is given twice")
    return tuple(found)


def memory(ctx: click.Context, parameter: click.Parameter, given: str | None) -> int | None:
    """Bytes: ``6GB`` is 6 * 10**9, ``6GiB`` is 6 * 2**30; a unit is needed."""
    if given is None:
        return None
    match = _SIZE.fullmatch(given.strip())
    if match is None or not float(match[1]):
        raise click.BadParameter(f"{given!r} is not a size such as 6GB, 800MB or 4GiB")
    step = 1024 if match[3] else 1000
    return int(float(match[1]) * step ** ("kmgt".index(match[2].lower()) + 1))


def tensors(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """``NAME=TENSOR:0``, each name once; ``TENSOR:0`` alone is named after its node."""
    split = [text.partition("=") if "=" in text else (text.partition(":")[0], "=", text)
             for text in given]  # fmt: skip
    return _pairs(split, "NAME=TENSOR:0")


def tags(ctx: click.Context, parameter: click.Parameter, given: str | None) -> tuple[str, ...]:
    """``serve,gpu``."""
    return tuple(tag.strip() for tag in (given or "").split(",") if tag.strip())


def _pairs(split: Iterable[tuple[str, str, str]], form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for left, mark, right in split:
        if not (left and mark and right):
            raise click.BadParameter(f"{left + mark + right!r} is not {form}")
        if left in found:
            raise click.BadParameter(f"{left!r} is given twice")
        found[left] = right
    return found


def _tolerable(text: str) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return math.isfinite(number) and number >= 0


def interpreter(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Path | None:
    """A Python, as a path or as a command on PATH."""
    if value is None:
        return None
    found = value if os.sep in value else shutil.which(value)
    if found is None or not Path(found).is_file():
        raise click.BadParameter(f"there is no {value!r}, as a file or on PATH", ctx, parameter)
    return Path(found)

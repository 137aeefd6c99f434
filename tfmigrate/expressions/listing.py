"""What an expression of a recipe can call: each function with its arguments, as it is written."""

from __future__ import annotations

from collections.abc import Iterator

from tfmigrate.expressions.ops import TABLE
from tfmigrate.expressions.signatures import Meaning, Parameter


def functions() -> Iterator[str]:
    """Every function by its name and arguments: ``softmax(x, axis=-1)``; plain names first."""
    for name in sorted(TABLE, key=lambda n: ("." in n, n)):
        for meaning in TABLE[name]:
            yield _written(meaning)


def _written(meaning: Meaning) -> str:
    given = [_parameter(p) for p in meaning.parameters if p.target]
    when = f"    # {meaning.condition}" if meaning.condition else ""
    return f"{meaning.name}({', '.join(given)}){when}"


def _parameter(parameter: Parameter) -> str:
    name = parameter.names[0]
    return name if parameter.required else f"{name}={parameter.default!r}"

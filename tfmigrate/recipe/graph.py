"""The architecture as calls in order: what each layer is called with, spelt out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.recipe.model import Architecture, From

_NUMBERED = re.compile(r"(.+)\.([0-9]{1,4})")


@dataclass(frozen=True)
class Ref:
    """An output of an input or layer, the first one if not said: ``lstm.1`` is (lstm, 1)."""

    name: str
    output: int = 0


Inputs = Ref | tuple[Ref, ...] | dict[str, Ref | tuple[Ref, ...]]


@dataclass(frozen=True)
class Step:
    """One call of a layer.

    Attributes:
        name: The name of the result, and of the layer where this is its first call.
        layer: The layer class; "" where an earlier layer is called once more.
        arguments: Its constructor arguments.
        calls: The name of the earlier layer, "" for a new one.
        inputs: One tensor, a list of them, or call arguments by name.
        constants: Constant call arguments.
    """

    name: str
    layer: str
    arguments: dict[str, Any]
    calls: str
    inputs: Inputs
    constants: dict[str, Any] = field(default_factory=dict)


def ref(text: str, names: Collection[str]) -> Ref | None:
    """What a ``from`` points at among ``names``; None if there is nothing of that name."""
    if text in names:
        return Ref(text)
    numbered = _NUMBERED.fullmatch(text)
    if numbered and numbered[1] in names:
        return Ref(numbered[1], int(numbered[2]))
    return None


def steps(architecture: Architecture) -> tuple[Step, ...]:
    """The calls of a checked architecture, in order.

    A layer without ``from`` takes the layer before it; the first one takes the only input.
    """
    names = set(architecture.inputs)
    previous = next(iter(architecture.inputs))
    found = []
    for layer in architecture.layers:
        inputs = Ref(previous) if layer.from_ is None else _inputs(layer.from_, names)
        found.append(
            Step(
                layer.name,
                layer.layer or "",
                layer.with_,
                layer.call_layer or "",
                inputs,
                layer.call,
            )
        )
        names.add(layer.name)
        previous = layer.name
    return tuple(found)


def _inputs(source: From, names: set[str]) -> Inputs:
    if isinstance(source, dict):
        return {key: _refs(value, names) for key, value in source.items()}
    return _refs(source or "", names)


def _refs(source: str | tuple[str, ...], names: set[str]) -> Ref | tuple[Ref, ...]:
    if isinstance(source, str):
        return _ref(source, names)
    return tuple(_ref(text, names) for text in source)


def _ref(text: str, names: set[str]) -> Ref:
    found = ref(text, names)
    if found is None:
        raise KeyError(text)
    return found


def outputs(architecture: Architecture) -> dict[str, Ref]:
    """The named outputs; the last layer under its own name if the recipe names none."""
    names = {*architecture.inputs, *(layer.name for layer in architecture.layers)}
    last = architecture.layers[-1].name
    named = architecture.outputs or {last: last}
    return {name: _ref(text, names) for name, text in named.items()}

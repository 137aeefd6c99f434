"""The kinds of arguments that processing steps take: how each is read, and its JSON Schema."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The types that steps work with: what NumPy and TensorFlow both compute.
NUMBERS = (
    "uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "float16", "float32", "float64",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of argument.

    Attributes:
        said: What it is, in the words of the messages.
        read: Gives the value as plain JSON, or None where it is none of the kind.
        schema: Its JSON Schema.
        choices: The words that it may be, where it is one of some.
    """

    said: str
    read: Callable[[Any], Any]
    schema: dict[str, Any]
    choices: tuple[str, ...] = ()


def one_of(*words: str) -> Kind:
    """One of some words."""
    said = words[0] if len(words) == 1 else f"one of {', '.join(words)}"
    return Kind(said, lambda v: v if v in words else None, {"enum": list(words)}, words)


def _whole(low: int | None = None) -> Callable[[Any], Any]:
    return lambda v: v if type(v) is int and (low is None or v >= low) else None


def _whole_from_1(value: Any) -> bool:
    return type(value) is int and value >= 1


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and math.isfinite(value) else None


def _not_zero(value: Any) -> float | None:
    return _number(value) or None


def _numbers(value: Any) -> Any:
    found = [_number(v) for v in (value if isinstance(value, list | tuple) else [value])]
    return None if not found or None in found else found


def _deviations(value: Any) -> Any:
    found = _numbers(value)
    return found if found and all(v > 0 for v in found) else None


def _span(value: Any) -> Any:
    found = _numbers(value)
    return found if found and len(found) == 2 and found[0] < found[1] else None


def _size(value: Any) -> Any:
    pair = list(value) if isinstance(value, list | tuple) else [value, value]
    return pair if len(pair) == 2 and all(_whole(1)(v) is not None for v in pair) else None


def _shape(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not value:
        return None
    fits = all(v is None or (type(v) is int and v > 0) for v in value)
    return list(value) if fits else None


def _text(value: Any) -> Any:
    return value if isinstance(value, str) and value else None


def _number_schema(**more: Any) -> dict[str, Any]:
    return {"type": "number", **more}


def _list_of(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


WHOLE = Kind("a whole number", _whole(), {"type": "integer"})
COUNT = Kind("a whole number from 1 on", _whole(1), {"type": "integer", "minimum": 1})
NATURAL = Kind("a whole number from 0 on", _whole(0), {"type": "integer", "minimum": 0})
NUMBER = Kind("a number", _number, _number_schema())
DIVISOR = Kind("a number other than 0", _not_zero, _number_schema())
FRACTION = Kind(
    "a number above 0, at most 1",
    lambda v: _number(v) if type(v) in (int, float) and 0 < v <= 1 else None,
    _number_schema(exclusiveMinimum=0, maximum=1),
)
PER_CHANNEL = Kind(
    "a number, or one for each channel",
    _numbers,
    {"anyOf": [_number_schema(), _list_of(_number_schema(), minItems=1)]},
)
DEVIATIONS = Kind(
    "a number above 0, or one for each channel",
    _deviations,
    {"anyOf": [_number_schema(exclusiveMinimum=0),
               _list_of(_number_schema(exclusiveMinimum=0), minItems=1)]},
)  # fmt: skip
SPAN = Kind(
    "two numbers, the lower one first", _span, _list_of(_number_schema(), minItems=2, maxItems=2)
)
SIZE = Kind(
    "a size from 1 on, or [height, width]",
    _size,
    {"anyOf": [COUNT.schema, _list_of(COUNT.schema, minItems=2, maxItems=2)]},
)
SHAPE = Kind(
    "a full shape, batch first, null where free",
    _shape,
    _list_of({"anyOf": [COUNT.schema, {"type": "null"}]}, minItems=1),
)
SIZES = Kind(
    "sizes from 1 on, without the batch",
    lambda v: list(v) if isinstance(v, list | tuple) and all(map(_whole_from_1, v)) else None,
    _list_of(COUNT.schema),
)
TEXT = Kind("a text", _text, {"type": "string", "minLength": 1})
TRUTH = Kind("true or false", lambda v: v if isinstance(v, bool) else None, {"type": "boolean"})
FILE = Kind("a file beside the recipe", _text, {"type": "string", "minLength": 1})
WORD_OR_ID = Kind(
    "an id from 0 on, or a word of the vocabulary",
    lambda v: _text(v) if isinstance(v, str) else _whole(0)(v),
    {"anyOf": [NATURAL.schema, {"type": "string", "minLength": 1}]},
)
DTYPE = one_of(*NUMBERS)

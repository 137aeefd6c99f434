"""Tensors as TensorFlow Serving's JSON has them. Source: ``json_tensor.cc``."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Probe = Mapping[str, Array]

# The types that the REST API carries.
TYPES = frozenset(
    ("float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint32", "uint64", "bool")
) | {"string"}  # fmt: skip
_BINARY = "_bytes"  # names that end so are binary


def dtype(array: Array) -> str:
    """The type of an array as a signature names it."""
    return "string" if array.dtype.kind in "OSU" else array.dtype.name


class NoJson(ValueError):
    """Values that JSON cannot carry; says why."""


def b64(value: bytes) -> dict[str, str]:
    """Bytes, as requests and answers carry them."""
    return {"b64": base64.b64encode(value).decode()}


def sent(name: str, array: Array) -> Any:
    """The values of an input: text as it is, other bytes in base64.

    Raises:
        NoJson: A number is infinite or undefined.
    """
    return _nested(name, array, text_or_b64 if not name.endswith(_BINARY) else b64)


def answered(name: str, array: Array) -> Any:
    """The values of an output, as the server writes them.

    Raises:
        NoJson: A number is infinite or undefined, or bytes are no text.
    """
    return _nested(name, array, _text if not name.endswith(_BINARY) else b64)


def number(value: Any) -> float:
    """A float with the fewest digits that mean it.

    Raises:
        NoJson: It is infinite or undefined.
    """
    if not np.isfinite(value):
        raise NoJson(f"JSON has no {value}")
    return float(str(value))


def single(value: float) -> float:
    """A float32 that was widened, with the fewest digits that mean it.

    Raises:
        NoJson: It is infinite or undefined.
    """
    return number(np.float32(value))


def _nested(name: str, array: Array, text: Any) -> Any:
    if dtype(array) == "string":
        made = np.empty(array.shape, object)
        for at in np.ndindex(array.shape):
            value = array[at]
            made[at] = text(value.encode() if isinstance(value, str) else bytes(value))
        return made.tolist()
    if array.dtype.kind != "f":
        return array.tolist()
    try:
        shortest = [number(value) for value in array.reshape(-1)]
    except NoJson as error:
        raise NoJson(f"{name}: {error}") from None
    return np.array(shortest, np.float64).reshape(array.shape).tolist()


def text_or_b64(value: bytes) -> Any:
    """Bytes as text where they are readable, else in base64; a server takes both."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return b64(value)
    return text if text.isprintable() else b64(value)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise NoJson(
            "an output holds bytes that are no text, and servers write those in base64 only where"
            f" its name ends in {_BINARY}"
        ) from None

"""Ops of the table on plain constants: Python's builtins, NumPy and math, with limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tfmigrate.errors import NotSupported
from tfmigrate.expressions.shapes import is_tensor

SIZE_LIMIT = 100_000
BITS_LIMIT = 4_096


def plain(spelled: str, *values: Any) -> None:
    """Refuses tensors where the original would have failed or fetched their value."""
    if any(is_tensor(v) for v in values):
        raise NotSupported(f"{spelled} of a tensor; it works on constants only")


def py_int(value: Any) -> int:
    plain("int()", value)
    if isinstance(value, str) and len(value) > 20:
        raise NotSupported("int() of a long text")
    return int(value)


def py_float(value: Any) -> float:
    plain("float()", value)
    return float(value)


def py_bool(value: Any) -> bool:
    plain("bool()", value)
    return bool(value)


def py_len(value: Any) -> int:
    plain("len()", value)
    return len(value)


def py_range(arguments: list[Any]) -> list[int]:
    plain("range()", *arguments)
    found = range(*arguments)
    if len(found) > SIZE_LIMIT:
        raise NotSupported("range() of more than 100,000 numbers")
    return list(found)


def py_abs(value: Any) -> Any:
    return abs(value)


def py_round(value: Any, digits: Any) -> Any:
    plain("round()", value)
    return round(value, digits)


def py_fold(spelled: str, arguments: list[Any]) -> Any:
    """``max``, ``min`` and ``sum``: of a list; sums may be of tensors."""
    if spelled != "sum":
        values = arguments[0] if len(arguments) == 1 else arguments
        plain(f"{spelled}()", values, *(values if isinstance(values, list | tuple) else ()))
        return max(values) if spelled == "max" else min(values)
    plain("sum()", arguments[0])
    return sum(*arguments)


def py_tuple(value: Any) -> tuple[Any, ...]:
    plain("tuple()", value)
    return tuple(value)


def py_list(value: Any) -> list[Any]:
    plain("list()", value)
    return list(value)


def py_pow(x: Any, y: Any) -> Any:
    return power(x, y)


def py_slice(arguments: list[Any]) -> slice:
    return slice(*arguments)


def power(x: Any, y: Any) -> Any:
    """``x ** y``, refused where the result would be a huge integer."""
    if isinstance(x, int) and isinstance(y, int) and abs(x).bit_length() * abs(y) > BITS_LIMIT:
        raise NotSupported("a power of integers that is too large")
    return x**y


def times(x: Any, y: Any) -> Any:
    """``x * y``, refused where it would make a huge integer, list or text."""
    for value, count in ((x, y), (y, x)):
        repeated = isinstance(value, str | list | tuple) and isinstance(count, int)
        if repeated and len(value) * count > SIZE_LIMIT:
            raise NotSupported("a repeated list or text that is too large")
    if isinstance(x, int) and isinstance(y, int) and x.bit_length() + y.bit_length() > BITS_LIMIT:
        raise NotSupported("a product of integers that is too large")
    return x * y


def shifted(x: Any, y: Any) -> Any:
    """``x << y``, refused where the result would be a huge integer."""
    if isinstance(x, int) and isinstance(y, int) and x.bit_length() + y > BITS_LIMIT:
        raise NotSupported("a shift that is too large")
    return x << y


_MAKERS = ("np.zeros", "np.ones", "np.full", "np.eye", "np.arange", "np.linspace")


def _largest(arguments: list[Any]) -> float:
    """At most how many elements an array of these sizes or bounds has."""
    found = 1.0
    for value in arguments:
        for size in value if isinstance(value, list | tuple) else (value,):
            found *= max(1.0, abs(size)) if isinstance(size, int | float) else 1.0
    return found


def numpy(spelled: str, arguments: list[Any], **keywords: Any) -> Any:
    """A function of NumPy on constants."""
    for value in arguments:
        plain(spelled, value, *(value if isinstance(value, list | tuple) else ()))
    if spelled in _MAKERS and _largest(arguments[:3]) > 1e6:
        raise NotSupported(f"{spelled} of more than a million elements")
    function: Callable[..., Any] = getattr(np, spelled.removeprefix("np."))
    return function(*arguments, **{k: v for k, v in keywords.items() if v is not None})


def mathematics(spelled: str, arguments: list[Any]) -> Any:
    """A function of the math module on constants."""
    plain(spelled, *arguments)
    function: Callable[..., Any] = getattr(math, spelled.removeprefix("math."))
    return function(*arguments)

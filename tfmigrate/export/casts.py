"""Types of numbers on their way between callers and the model, and what is lost by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfmigrate.lazy import load


def carried(made: str, wanted: str) -> bool:
    """Whether a type can be cast on the way; text is no number."""
    return (made == "string") == (wanted == "string")


def lost(sent: str, wanted: str) -> str:
    """What is lost between two types of numbers, "" where nothing is that matters."""
    if "string" in (sent, wanted) or sent == wanted:
        return ""
    one, other = numpy_type(sent), numpy_type(wanted)
    if other.kind in "iu" and one.kind == "f":
        return "fractions are cut off"
    if other.kind in "iu" and one.kind in "iu" and one.itemsize < other.itemsize:
        return "it cannot carry every number that the model takes"
    if one.kind in "iu" and other.kind in "iu" and not np.can_cast(one, other):
        return "numbers beyond its range come out as others"
    return (
        "digits are lost" if one.kind == other.kind == "f" and one.itemsize > other.itemsize else ""
    )


def numpy_type(dtype: str) -> Any:
    """NumPy's type of that name, bfloat16 included."""
    if dtype == "bfloat16":
        return np.dtype(load("ml_dtypes").bfloat16)
    return np.dtype(dtype)

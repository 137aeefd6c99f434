"""The one op that changes a dtype."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfmigrate.mapping.ops.base import Array, EachOp, OpError
from tfmigrate.tensors import WIDTHS

# Quantised numbers mean nothing without their range; the integers that hold them do.
_STORED_AS = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16",
              "qint32": "int32"}  # fmt: skip
# Bits of exponent and of mantissa, the hidden one included; a dtype holds another where both do.
_FLOATS = {"float8_e5m2": (5, 3), "float8_e4m3fn": (4, 4), "bfloat16": (8, 8), "float16": (5, 11),
           "float32": (8, 24), "float64": (11, 53)}  # fmt: skip
_COMPLEX = {"complex64": "float32", "complex128": "float64"}


@dataclass(frozen=True)
class Cast(EachOp):
    """Gives every tensor another dtype.

    Into a dtype that holds every value of the old one it is exact. Otherwise floats are rounded to
    the nearest and must not overflow, and whole numbers must stay the same number. Quantised
    integers become the plain integers that hold them; complex numbers never become real.
    """

    dtype: str

    def dtypes(self, given: Sequence[str], count: int) -> tuple[str, ...]:
        """The new dtype, for each.

        Raises:
            OpError: There is no way from one dtype to the other.
        """
        for dtype in given:
            if dtype not in WIDTHS or not _has_way(dtype, self.dtype):
                raise OpError(f"cast from {dtype} to {self.dtype} has no meaning{_why(dtype)}")
        return (self.dtype,) * count

    def one(self, array: Array) -> Array:
        """The array in the new dtype.

        Raises:
            OpError: A value does not fit.
        """
        target, plain = numpy_dtype(self.dtype), _unquantised(array)
        with np.errstate(over="ignore", invalid="ignore"):
            found = plain.astype(target)
            if _is_float(found) and _is_float(plain):
                lost = np.isfinite(plain) & ~np.isfinite(found)
            else:
                lost = found.astype(plain.dtype) != plain  # a NaN equals nothing
        if lost.any():
            value = plain[lost].flat[0]
            raise OpError(f"cast to {self.dtype}: {int(lost.sum())} values do not fit, as {value}")
        return found


def told(before: str, after: str) -> str:
    """A cast in words, with what it does to the values."""
    exact = _holds(after, before)
    return f"{before} to {after}, " + ("exactly" if exact else "narrower: values are rounded")


def numpy_dtype(name: str) -> np.dtype[Any]:
    """NumPy's dtype of that name; bfloat16 and its kin come from ``ml_dtypes``."""
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes  # comes with TensorFlow; not needed for the plain ones

        found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
        return found


def _has_way(before: str, after: str) -> bool:
    if before in _STORED_AS or after in _STORED_AS:
        return after in (before, _STORED_AS.get(before))
    return before not in _COMPLEX or after in _COMPLEX


def _why(dtype: str) -> str:
    if dtype in _STORED_AS:
        return f"; quantised numbers can be cast to {_STORED_AS[dtype]}"
    return "; the imaginary part would be lost" if dtype in _COMPLEX else ""


def _holds(wide: str, narrow: str) -> bool:
    """Whether a dtype holds every value of another."""
    wide, narrow = _COMPLEX.get(wide, wide), _COMPLEX.get(narrow, narrow)
    if wide in _FLOATS and narrow in _FLOATS:
        return all(a >= b for a, b in zip(_FLOATS[wide], _FLOATS[narrow], strict=True))
    if wide in _FLOATS:
        return narrow == "bool" or _FLOATS[wide][1] >= _bits(narrow)
    plain = {"int4", "uint4", *_STORED_AS} & {wide, narrow}
    return wide == narrow if plain else bool(np.can_cast(narrow, wide, "safe"))


def _bits(integer: str) -> int:
    return int("".join(c for c in integer if c.isdigit()) or 1) - (not integer.startswith("u"))


def _unquantised(array: Array) -> Array:
    # TensorFlow hands out quantised tensors as records of one unnamed integer.
    names = array.dtype.names
    return array[names[0]] if names else array


def _is_float(array: Array) -> bool:
    return array.dtype.kind in "fc" or array.dtype.name in _FLOATS

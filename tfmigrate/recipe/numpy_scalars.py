"""NumPy's numbers in a YAML text: read from their bytes, where PyYAML would call NumPy."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

# NumPy's short type names and struct's letters.
_LETTERS = {"b1": "?", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I",
            "u8": "Q", "f2": "e", "f4": "f", "f8": "d"}  # fmt: skip


def plain(data: Any) -> Any:
    """The data with every pickled NumPy scalar as a plain number.

    ``to_yaml()`` of Keras 1 and 2.0 wrote ``input_dim`` as ``numpy.core.multiarray.scalar`` of a
    ``numpy.dtype`` and its bytes.
    """
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if not isinstance(data, list):
        return data
    number = _number(data)
    return [plain(value) for value in data] if number is None else number


def _number(data: list[Any]) -> Any:
    if len(data) != 2 or not isinstance(data[0], dict) or not isinstance(data[1], str):
        return None
    if data[0].keys() != {"args", "state"} or not data[0]["args"]:
        return None
    letter = _LETTERS.get(str(data[0]["args"][0]))
    order = data[0]["state"][1] if len(data[0]["state"]) > 1 else "<"
    try:
        (found,) = struct.unpack(
            f"{'>' if order == '>' else '<'}{letter}", base64.b64decode(data[1], validate=False)
        )
    except (struct.error, binascii.Error):
        return None
    return found

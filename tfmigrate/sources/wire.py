"""The variable-length numbers that tables, snappy and string tensors are written in."""

from __future__ import annotations

from tfmigrate.errors import Damaged

AGAIN = "copy the file again from where it was written; this copy is cut or changed"


def varint(data: bytes, at: int, where: str) -> tuple[int, int]:
    """A variable-length number, and where it ends.

    Raises:
        Damaged: It is cut, or longer than ten bytes.
    """
    number = 0
    for index, byte in enumerate(data[at : at + 10]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, at + index + 1
    raise Damaged("a variable-length number is cut", where=where, help=AGAIN)

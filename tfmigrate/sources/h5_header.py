"""The first bytes of an HDF5 file, read without any library: is it one, and is it whole?"""

from __future__ import annotations

import pathlib
import struct

from tfmigrate.errors import Damaged

MAGIC = b"\x89HDF\r\n\x1a\n"

# Where the addresses start in each superblock version (HDF5 file format specification, 2.1).
_ADDRESSES = {0: 24, 1: 28, 2: 12, 3: 12}


def start(path: pathlib.Path) -> int | None:
    """Where the HDF5 data start: at 0, or after a user block at 512, 1024 ...; None: not HDF5."""
    size = path.stat().st_size
    offset = 0
    with path.open("rb") as file:
        while offset + len(MAGIC) <= size:
            file.seek(offset)
            if file.read(len(MAGIC)) == MAGIC:
                return offset
            offset = offset * 2 or 512
    return None


def check_length(path: pathlib.Path) -> None:
    """Compare the file's length with the one that its superblock states.

    Raises:
        Damaged: The file is cut, or its superblock cannot be read.
    """
    first = start(path)
    if first is None:
        raise Damaged("it is not an HDF5 file", where=str(path))
    with path.open("rb") as file:
        file.seek(first)
        stated = stated_length(file.read(96), str(path))
    found = path.stat().st_size
    if found < stated:
        raise Damaged(
            f"the file is cut: found {found:,} bytes, its superblock says {stated:,}",
            where=str(path),
            help="copy or download it again, and compare the sizes",
        )


def stated_length(header: bytes, where: str) -> int:
    """The length that a superblock states, counted from the first byte of the file.

    Raises:
        Damaged: It is no superblock of version 0 to 3.
    """
    if len(header) < 48 or header[8] not in _ADDRESSES:
        raise Damaged("the HDF5 superblock cannot be read", where=where, help="copy it again")
    version = header[8]
    width = header[13] if version < 2 else header[9]
    codes = {2: "H", 4: "I", 8: "Q"}
    if width not in codes:
        raise Damaged(
            f"the HDF5 superblock states addresses of {width} bytes", where=where,
            help="copy it again",
        )  # fmt: skip
    addresses = struct.unpack_from(f"<3{codes[width]}", header, _ADDRESSES[version])
    # Version 0 and 1: base, free space, end of file; 2 and 3: base, extension, end of file.
    return int(addresses[2])

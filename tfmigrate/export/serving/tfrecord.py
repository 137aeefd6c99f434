"""TFRecord files: records one after another, each behind its length, with two checksums.

Source: ``tensorflow/core/lib/io/record_writer.h``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from tfmigrate.sources.crc32c import crc32c, masked


def to_bytes(records: Iterable[bytes]) -> bytes:
    """The file that holds these records."""
    return b"".join(_framed(record) for record in records)


def _framed(record: bytes) -> bytes:
    length = struct.pack("<Q", len(record))
    return length + _checksum(length) + record + _checksum(record)


def _checksum(data: bytes) -> bytes:
    return struct.pack("<I", masked(crc32c(data)))

"""Snappy decompression: the blocks of V1 checkpoints are compressed with it."""

from __future__ import annotations

from tfmigrate.errors import Damaged
from tfmigrate.sources.wire import AGAIN, varint

_MAX = 1 << 30  # bytes; three bytes of a copy yield up to 64, so a small file could take them all


def unsnappy(data: bytes, where: str, limit: int | None = None) -> bytes:
    """Expanded snappy data (github.com/google/snappy, ``format_description.txt``).

    Args:
        data: The compressed bytes.
        where: The file, for the error.
        limit: Stop once so many bytes are there.

    Raises:
        Damaged: The data are no whole snappy stream.
    """
    length, at = varint(data, 0, where)
    out = bytearray()
    wanted = length if limit is None else min(length, limit)
    if wanted > _MAX:
        raise Damaged(f"a compressed block of {wanted} bytes; the limit is {_MAX}", where=where)
    while at < len(data) and len(out) < wanted:
        at = _literal(data, at, out) if data[at] & 3 == 0 else _copy(data, at, out, where)
    if len(out) > length or len(out) < wanted or at > len(data):
        raise Damaged("a compressed block is cut or too long", where=where, help=AGAIN)
    return bytes(out)


def _literal(data: bytes, at: int, out: bytearray) -> int:
    length, at = data[at] >> 2, at + 1
    if length >= 60:
        width = length - 59
        length = int.from_bytes(data[at : at + width], "little")
        at += width
    out += data[at : at + length + 1]
    return at + length + 1


def _copy(data: bytes, at: int, out: bytearray, where: str) -> int:
    tag, kind = data[at], data[at] & 3
    width = (0, 1, 2, 4)[kind]
    offset = int.from_bytes(data[at + 1 : at + 1 + width], "little")
    length = (tag >> 2) + 1
    if kind == 1:
        length = (tag >> 2 & 7) + 4
        offset |= tag >> 5 << 8
    if not 0 < offset <= len(out):
        raise Damaged("a compressed block refers to before its start", where=where)
    source = bytes(out[-offset:])[:length]
    out += (source * (length // len(source) + 1))[:length]
    return at + 1 + width

"""Sorted string tables: the LevelDB-style files that hold checkpoint indexes (and V1 checkpoints).

A table is data blocks, an index block and a footer. Each block ends in a type byte (0 plain,
1 snappy) and a masked CRC32C; keys are prefix-compressed and sorted. The format is described in
LevelDB's ``doc/table_format.md``; TensorFlow's copy has no filter blocks.
"""

from __future__ import annotations

import mmap
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, NotSupported
from tfmigrate.sources.crc32c import crc32c, masked
from tfmigrate.sources.snappy import unsnappy
from tfmigrate.sources.wire import AGAIN, varint

MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
MAX_INDEX = 1 << 30  # bytes; a bundle index is far below (388 tensors: 16 KB)
_FOOTER, _TRAILER = 48, 5
_HEAD = 64  # bytes that surely hold the lengths of a first entry with a short key


@dataclass(frozen=True)
class Table:
    """An opened table: its bytes, and where its data blocks are."""

    data: Any
    where: str
    blocks: tuple[tuple[int, int], ...]


def has_magic(path: Path) -> bool:
    """Whether a regular file ends as a table does; reads eight bytes."""
    try:
        if not stat.S_ISREG(path.stat().st_mode) or path.stat().st_size < _FOOTER:
            return False
        with path.open("rb") as file:
            file.seek(-8, 2)
            return file.read(8) == MAGIC
    except OSError:
        return False


def open_table(path: Path, limit: int | None = None) -> Table:
    """The table in a file; the footer and the index block are checked, data blocks are not yet.

    Args:
        path: A regular file.
        limit: The most bytes it may have.

    Raises:
        Damaged: It is cut, changed, or no table.
        NotSupported: It is larger than ``limit``.
    """
    where = str(path)
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _FOOTER:
            raise Damaged(
                f"the file is cut: {size} bytes, a table has at least {_FOOTER}",
                where=where,
                help=AGAIN,
            )
        if limit is not None and size > limit:
            raise NotSupported(f"an index of {size} bytes; the limit is {limit}", where=where)
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if data[-8:] != MAGIC:
        raise Damaged("the file does not end as a table does: it is cut, or no table", where=where,
                      help=AGAIN)  # fmt: skip
    return Table(data, where, _data_blocks(data, where))


def _data_blocks(data: Any, where: str) -> tuple[tuple[int, int], ...]:
    footer = data[-_FOOTER:]
    at = 0
    numbers = []
    for _ in range(4):  # the metaindex block (unused) and the index block: offset, size each
        number, at = varint(footer, at, where)
        numbers.append(number)
    content = read_block(data, numbers[2], numbers[3], where)
    found = []
    for _, handle in pairs(content, where):
        offset, at = varint(handle, 0, where)
        found.append((offset, varint(handle, at, where)[0]))
    return tuple(found)


def entries(table: Table) -> Iterator[tuple[bytes, bytes]]:
    """Every key and value, in order.

    Raises:
        Damaged: A block's checksum is wrong, or the keys are not sorted and unique.
    """
    last: bytes | None = None
    for offset, size in table.blocks:
        for key, value in pairs(read_block(table.data, offset, size, table.where), table.where):
            if last is not None and key <= last:
                raise Damaged(f"keys are not sorted and unique at {key!r:.80}", where=table.where)
            last = key
            yield key, value


def first(table: Table) -> tuple[bytes, bytes]:
    """The first key and value alone; its block may be large, so it is expanded no further.

    Raises:
        Damaged: There is none.
    """
    if not table.blocks:
        raise Damaged("the table is empty", where=table.where, help=AGAIN)
    offset, size = table.blocks[0]
    kind, stored = _checked(table.data, offset, size, table.where)
    at, fresh, length = _first_lengths(_expanded(kind, stored, table.where, _HEAD), table.where)
    end = at + fresh + length
    content = _expanded(kind, stored, table.where, end)
    if len(content) < end:
        raise Damaged("the first entry is cut", where=table.where, help=AGAIN)
    return content[at : at + fresh], content[at + fresh : end]


def peek(table: Table) -> tuple[bytes, bytes]:
    """The first key and the first bytes of its value, not checked; to tell formats apart.

    Raises:
        Damaged: There is none.
    """
    offset, size = table.blocks[0] if table.blocks else (0, 0)
    stored = bytes(table.data[offset : offset + min(size, 4 * _HEAD)])
    if size and offset + size < len(table.data):
        head = _expanded(table.data[offset + size], stored, table.where, _HEAD)
        at, fresh, _ = _first_lengths(head, table.where)
        return head[at : at + fresh], head[at + fresh :]
    raise Damaged("the table is empty", where=table.where, help=AGAIN)


def _first_lengths(head: bytes, where: str) -> tuple[int, int, int]:
    """Where the first key starts, its length, and its value's."""
    shared, at = varint(head, 0, where)
    fresh, at = varint(head, at, where)
    length, at = varint(head, at, where)
    if shared:
        raise Damaged("the first key refers to one before it", where=where, help=AGAIN)
    return at, fresh, length


def read_block(data: Any, offset: int, size: int, where: str) -> bytes:
    """A block's content, checked against its CRC32C and expanded.

    Args:
        data: The whole file.
        offset: Where the block starts.
        size: Its bytes, without type and checksum.
        where: The file, for the error.

    Raises:
        Damaged: It reaches outside the file, or its checksum or compression is wrong.
    """
    return _expanded(*_checked(data, offset, size, where), where)


def _checked(data: Any, offset: int, size: int, where: str) -> tuple[int, bytes]:
    """A block's type and its bytes as stored."""
    end = offset + size
    if end + _TRAILER > len(data) - _FOOTER:
        raise Damaged(
            f"a block of {size} bytes at {offset} reaches past the end", where=where, help=AGAIN
        )
    stored = int.from_bytes(data[end + 1 : end + _TRAILER], "little")
    if masked(crc32c(data[offset : end + 1])) != stored:
        raise Damaged(
            f"the checksum of the block at {offset} does not match", where=where, help=AGAIN
        )
    return data[end], data[offset:end]


def _expanded(kind: int, stored: bytes, where: str, limit: int | None = None) -> bytes:
    """A block's content, or at least its first ``limit`` bytes."""
    if kind > 1:
        raise Damaged(f"compression {kind} is none that tables use", where=where)
    return unsnappy(stored, where, limit) if kind else stored


def pairs(content: bytes, where: str) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a block's content.

    Raises:
        Damaged: A length in it is wrong.
    """
    restarts = int.from_bytes(content[-4:], "little")
    end = len(content) - 4 - 4 * restarts
    if len(content) < 4 or end < 0:
        raise Damaged("a block is shorter than its list of restarts", where=where, help=AGAIN)
    at, key = 0, b""
    while at < end:
        shared, at = varint(content, at, where)
        fresh, at = varint(content, at, where)
        length, at = varint(content, at, where)
        if shared > len(key) or at + fresh + length > end:
            raise Damaged("an entry reaches outside its block", where=where, help=AGAIN)
        key = key[:shared] + content[at : at + fresh]
        at += fresh
        yield key, content[at : at + length]
        at += length

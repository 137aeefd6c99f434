"""Tensor bundles, TensorFlow's checkpoint format V2: ``x.index`` and ``x.data-00000-of-00001``.

The index is read and checked here without TensorFlow, because a crafted one aborts TensorFlow's
own reader (negative dimensions, unknown types). The checksums of the values themselves are left to
that reader. Rules: ``tensorflow/core/protobuf/tensor_bundle.proto`` and the reader beside it.
"""

from __future__ import annotations

import itertools
import math
import os
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, NotSupported, Problem, UnsafeContent, shown
from tfmigrate.sources import protos, slices, table
from tfmigrate.sources.wire import AGAIN
from tfmigrate.tensors import WIDTHS

VERSION = 1  # of the bundle format; a header that asks for a newer reader is not read
_MAX_RANK, _MAX_KEYS, _MAX_SHARDS = 254, 1_000_000, 99_999
_SHOWN = 50  # problems in one message
_UNSIZED = {"string", "variant"}


@dataclass(frozen=True)
class Part:
    """One slice of a partitioned variable: where it starts in the whole, and where it is stored."""

    start: tuple[int, ...]
    entry: Entry


@dataclass(frozen=True)
class Entry:
    """A tensor of a bundle: its type and full shape, and where its bytes are.

    Attributes:
        dtype: NumPy's name of its type.
        shape: Its full shape.
        shard: The number of its data file.
        offset: Where it starts in there, in bytes.
        size: Its bytes.
        crc: Its masked CRC32C, as stored.
        parts: The slices of a partitioned variable; then ``shard``, ``offset`` and ``size`` are 0.
    """

    dtype: str
    shape: tuple[int, ...]
    shard: int = 0
    offset: int = 0
    size: int = 0
    crc: int = 0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """A bundle whose index was checked against its data files.

    Attributes:
        prefix: The path without ``.index``.
        entries: Every tensor, by its key.
        shards: The data files.
        big_endian: The byte order of the values.
    """

    prefix: Path
    entries: Mapping[str, Entry]
    shards: tuple[Path, ...]
    big_endian: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """The index and the data files."""
        return (index_of(self.prefix), *self.shards)


@dataclass
class _Check:
    """What is known while an index is checked, and what is wrong so far."""

    sizes: tuple[int, ...]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, key: str, what: str, found: object = "", expected: object = "") -> None:
        self.problems.append(
            Problem(what, where=shown(key), found=str(found), expected=str(expected))
        )


def index_of(prefix: Path) -> Path:
    """The index file of a prefix."""
    return prefix.with_name(prefix.name + ".index")


def open_bundle(prefix: Path) -> Bundle:
    """The bundle at ``prefix``, its index checked completely; values are not read.

    Raises:
        Damaged: The index is cut or inconsistent, or a data file is missing or too short; every
            problem at once.
        NotSupported: A newer TensorFlow wrote it, or it is larger than the limits.
        UnsafeContent: A data file is a link to somewhere else.
    """
    rows = _rows(prefix)
    header = _header(rows.pop(b""), index_of(prefix))
    shards = _shards(prefix, header.num_shards)
    check = _Check(tuple(shard.stat().st_size for shard in shards))
    found = _entries(rows, check, str(index_of(prefix)))
    _no_overlap(found, check)
    if check.problems:
        raise Damaged(
            f"{len(check.problems)} of the index's {len(rows)} entries are wrong",
            check.problems[:_SHOWN],
            where=str(index_of(prefix)),
            help=AGAIN,
        )
    if not found:
        raise Damaged("the index names no tensor", where=str(index_of(prefix)), help=AGAIN)
    return Bundle(prefix, types.MappingProxyType(found), shards, header.endianness == 1)


def _rows(prefix: Path) -> dict[bytes, bytes]:
    index = index_of(prefix)
    if not index.is_file():
        raise Damaged("the index is missing", where=str(index))
    rows: dict[bytes, bytes] = {}
    for key, value in table.entries(table.open_table(index, table.MAX_INDEX)):
        rows[key] = value
        if len(rows) > _MAX_KEYS:
            raise NotSupported(f"more than {_MAX_KEYS} entries", where=str(index))
    if b"" not in rows:
        raise Damaged("the index has no header", where=str(index), help=AGAIN)
    return rows


def _header(data: bytes, index: Path) -> Any:
    header = protos.parse("BundleHeader", data, str(index))
    needs = header.version.min_consumer
    if needs > VERSION or VERSION in header.version.bad_consumers:
        raise NotSupported(
            f"written by a newer TensorFlow (it asks for bundle version {needs})", where=str(index)
        )
    if not 1 <= header.num_shards <= _MAX_SHARDS or header.endianness not in (0, 1):
        raise Damaged(
            f"the header says {header.num_shards} data files, byte order {header.endianness}",
            where=str(index),
            help=AGAIN,
        )
    return header


def _shards(prefix: Path, count: int) -> tuple[Path, ...]:
    # One listing, not one look-up per name: the header may claim 99,999 of them.
    present = set(os.listdir(prefix.parent))
    names = [f"{prefix.name}.data-{i:05d}-of-{count:05d}" for i in range(count)]
    missing = [name for name in names if name not in present]
    if missing:
        raise Damaged(
            f"{len(missing)} of {count} data files are missing",
            [Problem("missing", where=shown(name)) for name in missing[:_SHOWN]],
            where=str(index_of(prefix)),
            help="copy the checkpoint again, with all of its files",
        )
    found = tuple(prefix.with_name(name) for name in names)
    homes = {prefix.parent.resolve(), index_of(prefix).resolve().parent}
    for shard in found:
        if not shard.is_file():
            raise Damaged("no regular file (or a broken link)", where=str(shard))
        if shard.resolve().parent not in homes:
            raise UnsafeContent(f"a link to {shown(shard.resolve())}", where=str(shard),
                                help="put the data file itself beside the index")  # fmt: skip
    return found


def _entries(rows: dict[bytes, bytes], check: _Check, where: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    parts = {key: value for key, value in rows.items() if key[:1] == b"\0"}
    for raw, value in rows.items():
        if raw[:1] == b"\0":
            continue
        try:
            key = raw.decode()
        except UnicodeDecodeError:
            check.wrong(repr(raw), "the key is not UTF-8")
            continue
        proto = protos.parse("BundleEntry", value, f"{where}: {shown(key)}")
        entry = _entry(key, proto, check)
        if entry and proto.slices:
            entry = _partitioned(key, entry, proto.slices, parts, check)
        if entry:
            found[key] = entry
    for raw in parts:
        check.wrong(repr(raw), "a slice that no variable names")
    return found


def _entry(key: str, proto: Any, check: _Check) -> Entry | None:
    dtype = protos.DTYPES.get(proto.dtype, "")
    if dtype not in WIDTHS and dtype not in _UNSIZED:
        check.wrong(key, f"type {proto.dtype} is none that a checkpoint holds")
        return None
    shape = tuple(d.size for d in proto.shape.dim)
    if proto.shape.unknown_rank or len(shape) > _MAX_RANK or min(shape, default=0) < 0:
        check.wrong(key, "the shape is impossible", shape[:9])
        return None
    if math.prod(d or 1 for d in shape) >= 1 << 63:
        check.wrong(key, "the shape has more elements than fit", shape[:9])
        return None
    entry = Entry(dtype, shape, proto.shard_id, proto.offset, proto.size, proto.crc32c)
    return entry if proto.slices or _placed(key, entry, check) else None


def _placed(key: str, entry: Entry, check: _Check) -> bool:
    elements = math.prod(entry.shape)
    if entry.dtype in _UNSIZED and entry.size < elements:
        check.wrong(key, "too few bytes for its shape", entry.size, f"at least {elements}")
        return False
    if entry.dtype in WIDTHS and entry.size != elements * WIDTHS[entry.dtype]:
        check.wrong(key, "its size and shape disagree", entry.size,
                    elements * WIDTHS[entry.dtype])  # fmt: skip
        return False
    if not 0 <= entry.shard < len(check.sizes):
        check.wrong(key, f"data file {entry.shard} does not exist")
        return False
    end, size = entry.offset + entry.size, check.sizes[entry.shard]
    if entry.offset < 0 or end > size:
        check.wrong(key, f"reaches outside data file {entry.shard}", end, f"at most {size}")
        return False
    return True


def _partitioned(
    key: str, whole: Entry, pieces: Any, rows: dict[bytes, bytes], check: _Check
) -> Entry | None:
    parts = []
    for piece in pieces:
        extents = slices.extents(piece)
        value = rows.pop(slices.key(key, extents), None)
        proto = value and protos.parse("BundleEntry", value, shown(key))
        entry = _entry(key, proto, check) if proto and not proto.slices else None
        if entry is None:
            check.wrong(key, "a slice is missing", extents[:9])
            return None
        parts.append(Part(tuple(start for start, _ in extents), entry))
        lengths = slices.lengths(whole.shape, extents)
        if (entry.shape, entry.dtype) != (lengths, whole.dtype):
            check.wrong(key, "a slice has another shape than it should", entry.shape, lengths)
            return None
    if not slices.tiles(whole.shape, [(p.start, p.entry.shape) for p in parts]):
        check.wrong(key, "its slices overlap or leave a hole", f"{len(parts)} slices", whole.shape)
        return None
    return Entry(whole.dtype, whole.shape, parts=tuple(parts))


def _no_overlap(found: Mapping[str, Entry], check: _Check) -> None:
    spans = sorted((e.shard, e.offset, e.offset + e.size, key) for key, e in _stored(found))
    for (shard, _, end, key), (other, start, _, after) in itertools.pairwise(spans):
        if shard == other and start < end:
            check.wrong(after, f"shares bytes with {shown(key)}")


def _stored(found: Mapping[str, Entry]) -> Iterator[tuple[str, Entry]]:
    for key, entry in found.items():
        for stored in [part.entry for part in entry.parts] or [entry]:
            if stored.size:
                yield key, stored

"""Tensor bundles (checkpoint V2), read without TensorFlow: the checked index, and the values."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged, NotSupported, shown
from tfmigrate.sources.bundle_index import Bundle, Entry, Part, index_of, open_bundle
from tfmigrate.sources.crc32c import crc32c, masked
from tfmigrate.sources.wire import AGAIN, varint
from tfmigrate.tensors import WIDTHS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = [
    "Bundle", "Entry", "Part", "check", "index_of", "open_bundle", "raw_bytes", "sha256",
    "strings", "values",
]  # fmt: skip

# Types that NumPy has no name for, as the type of the same width that holds their bits.
_BITS = {
    "bfloat16": "uint16", "float8_e4m3fn": "uint8", "float8_e5m2": "uint8", "int4": "int8",
    "uint4": "uint8", "qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16",
    "qint32": "int32",
}  # fmt: skip
_CHUNK = 1 << 20


def values(bundle: Bundle, key: str) -> Array:
    """A tensor's values: a read-only view of the data file, or a copy of a partitioned variable.

    Types that NumPy lacks come as the integers that hold their bits (bfloat16 as uint16).

    Raises:
        KeyError: The bundle has no such key.
        NotSupported: Its type has no fixed width (strings: :func:`strings`).
    """
    entry = bundle.entries[key]
    if entry.dtype not in WIDTHS:
        raise NotSupported(f"{entry.dtype} values are no array", where=shown(key))
    return _assembled(bundle, entry) if entry.parts else _view(bundle, entry)


def check(bundle: Bundle, key: str) -> None:
    """Check a tensor's bytes against their checksums.

    Raises:
        KeyError: The bundle has no such key.
        Damaged: They are not what was written.
    """
    entry = bundle.entries[key]
    for stored in [part.entry for part in entry.parts] or [entry]:
        if masked(crc32c(_bytes(bundle, stored))) != stored.crc:
            raise Damaged("the checksum of its values is wrong", where=shown(key), help=AGAIN)


def _view(bundle: Bundle, entry: Entry) -> Array:
    import numpy as np

    dtype = np.dtype(_BITS.get(entry.dtype, entry.dtype))
    dtype = dtype.newbyteorder(">" if bundle.big_endian else "<")
    if not entry.size:  # an empty range cannot be mapped
        return np.zeros(entry.shape, dtype)
    return np.memmap(bundle.shards[entry.shard], dtype, "r", offset=entry.offset, shape=entry.shape)


def _assembled(bundle: Bundle, entry: Entry) -> Array:
    import numpy as np

    first = _view(bundle, entry.parts[0].entry)
    whole = np.empty(entry.shape, first.dtype)
    for part in entry.parts:
        place = zip(part.start, part.entry.shape, strict=True)
        whole[tuple(slice(at, at + n) for at, n in place)] = _view(bundle, part.entry)
    whole.flags.writeable = False
    return whole


def raw_bytes(bundle: Bundle, key: str) -> bytes:
    """A tensor's bytes as the data file holds them.

    Raises:
        KeyError: The bundle has no such key.
    """
    entry = bundle.entries[key]
    if entry.parts:
        return values(bundle, key).tobytes()
    return _bytes(bundle, entry)


def _bytes(bundle: Bundle, entry: Entry) -> bytes:
    with bundle.shards[entry.shard].open("rb") as file:
        file.seek(entry.offset)
        return file.read(entry.size)


def sha256(bundle: Bundle, key: str) -> str:
    """SHA-256 of a tensor's bytes in its data file (partitioned: of the assembled tensor).

    Raises:
        KeyError: The bundle has no such key.
        Damaged: The data file has become shorter since it was opened.
    """
    entry = bundle.entries[key]
    if entry.parts:
        return hashlib.sha256(raw_bytes(bundle, key)).hexdigest()
    digest, left = hashlib.sha256(), entry.size
    with bundle.shards[entry.shard].open("rb") as file:
        file.seek(entry.offset)
        while left:
            chunk = file.read(min(left, _CHUNK))
            if not chunk:
                raise Damaged("the file changed while it was read", where=file.name)
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def strings(bundle: Bundle, key: str) -> list[bytes]:
    """The elements of a string tensor, in order.

    Raises:
        KeyError: The bundle has no such key.
        Damaged: Its lengths, size or checksum disagree.
        NotSupported: It is no string tensor.
    """
    entry, data, where = bundle.entries[key], raw_bytes(bundle, key), shown(key)
    if entry.dtype != "string":
        raise NotSupported(f"no string tensor but {entry.dtype}", where=where)
    count = math.prod(entry.shape)
    at, lengths = 0, []
    for _ in range(count):
        length, at = varint(data, at, where)
        lengths.append(length)
    widths = (4 if length < 1 << 32 else 8 for length in lengths)
    summed = b"".join(n.to_bytes(w, "little") for n, w in zip(lengths, widths, strict=True))
    body = at + 4  # after the checksum of the lengths
    whole = crc32c(summed + data[at:])
    wrong = not bundle.big_endian and entry.crc != masked(whole)
    if wrong or body + sum(lengths) != len(data):
        raise Damaged("the strings' lengths or checksum are wrong", where=where, help=AGAIN)
    found = []
    for length in lengths:
        found.append(data[body : body + length])
        body += length
    return found

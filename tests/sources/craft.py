"""Writes tables and tensor bundles for the tests, honest or hostile; checksums are always right."""

import struct

from tfmigrate.sources import protos
from tfmigrate.sources.crc32c import crc32c, masked
from tfmigrate.sources.slices import key as slice_key
from tfmigrate.sources.table import MAGIC

__all__ = ["block", "bundle", "entry", "header", "slice_key", "strings", "table", "varint"]
NUMBERS = {name: number for number, name in protos.DTYPES.items()}


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def block(rows, restart=16):
    """A block's content: keys share prefixes, but every ``restart``th is whole."""
    content, last, restarts = bytearray(), b"", []
    for index, (key, value) in enumerate(rows):
        shared = 0
        if index % restart:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        else:
            restarts.append(len(content))
        content += varint(shared) + varint(len(key) - shared) + varint(len(value))
        content += key[shared:] + value
        last = key
    restarts = restarts or [0]
    return bytes(content) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def table(rows, per_block=1000, squeeze=None):
    """A whole table; ``squeeze`` turns a block's content into (type, stored bytes)."""
    out, handles = bytearray(), []

    def add(content):
        kind, stored = squeeze(content) if squeeze else (0, content)
        handle = varint(len(out)) + varint(len(stored))
        out.extend(stored + bytes([kind]))
        out.extend(struct.pack("<I", masked(crc32c(stored + bytes([kind])))))
        return handle

    for at in range(0, len(rows), per_block):
        part = rows[at : at + per_block]
        handles.append((part[-1][0], add(block(part))))
    meta = add(block([]))
    index = add(block(handles, restart=1))
    return bytes(out) + (meta + index).ljust(40, b"\0") + MAGIC


def header(num_shards=1, endianness=0, producer=1, min_consumer=0, bad_consumers=()):
    return protos.message("BundleHeader")(
        num_shards=num_shards,
        endianness=endianness,
        version={
            "producer": producer,
            "min_consumer": min_consumer,
            "bad_consumers": list(bad_consumers),
        },
    ).SerializeToString()


def entry(dtype="float32", shape=(), offset=0, size=4, **more):
    """A BundleEntryProto; ``dtype`` a name or a number, ``slices`` lists of (start, length)."""
    pieces = [
        {"extent": [{} if n < 0 else {"start": s, "length": n} for s, n in piece]}
        for piece in more.pop("slices", ())
    ]
    return protos.message("BundleEntry")(
        dtype=NUMBERS.get(dtype, dtype),
        shape={"dim": [{"size": size} for size in shape]},
        offset=offset,
        size=size,
        slices=pieces,
        **more,
    ).SerializeToString()


def strings(values):
    """The stored bytes of a string tensor, and its masked checksum."""
    lengths = [len(value) for value in values]
    plain = b"".join(struct.pack("<I", length) for length in lengths)
    check = struct.pack("<I", masked(crc32c(plain)))
    body = check + b"".join(values)
    return b"".join(map(varint, lengths)) + body, masked(crc32c(plain + body))


def bundle(folder, rows, data=b"\0" * 64, name="ckpt", head=None, shards=None):
    """Writes a bundle of ``rows`` (key -> entry bytes) as they are, sorted; returns its prefix."""
    found = {key.encode() if isinstance(key, str) else key: value for key, value in rows.items()}
    if head is not False:
        found[b""] = header() if head is None else head
    (folder / f"{name}.index").write_bytes(table(sorted(found.items())))
    for number, content in enumerate(shards if shards is not None else [data]):
        count = len(shards) if shards is not None else 1
        (folder / f"{name}.data-{number:05d}-of-{count:05d}").write_bytes(content)
    return folder / name

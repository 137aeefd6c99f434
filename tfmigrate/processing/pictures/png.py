"""PNG read and written: any colours and depths, not interlaced."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np

from tfmigrate.processing.pictures.bits import Unreadable
from tfmigrate.processing.step import Array

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LIMIT = 1 << 24  # pixels
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE, _GRAYS = 3, (0, 4)


@dataclass(frozen=True)
class _Header:
    width: int
    height: int
    depth: int
    colour: int

    @property
    def bits(self) -> int:
        return self.depth * _SAMPLES[self.colour]


def encoded(pixels: Array) -> bytes:
    """A PNG of uint8 pixels [height, width, 1, 3 or 4]."""
    height, width, channels = pixels.shape
    colour = {1: 0, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def decoded(data: bytes, channels: int) -> Array:
    """The pixels, uint8 [height, width, channels]; alpha is left out, not blended.

    Raises:
        Unreadable: It is interlaced or broken, or its colours would have to become gray.
    """
    chunks = _chunks(data)
    header = _header(chunks.get(b"IHDR", b""))
    if header.colour not in (*_GRAYS, _PALETTE) and channels == 1:
        raise Unreadable("a PNG in colour, where gray is asked for")
    if b"tRNS" in chunks and channels == 4:
        raise Unreadable("a PNG with a transparent colour")
    size = header.height * (1 + (header.width * header.bits + 7) // 8)
    try:
        raw = zlib.decompressobj().decompress(chunks.get(b"IDAT", b""), size)
    except zlib.error as error:
        raise Unreadable("a PNG that cannot be unpacked") from error
    if len(raw) != size:
        raise Unreadable("a PNG that ends too early")
    rows = _unfiltered(np.frombuffer(raw, np.uint8).reshape(header.height, -1), header)
    samples = _samples(rows, header)
    if header.colour == _PALETTE:
        palette = np.frombuffer(chunks.get(b"PLTE", b""), np.uint8).reshape(-1, 3)
        if samples.max() >= len(palette):
            raise Unreadable("a PNG with a colour that its palette lacks")
        samples = palette[samples[..., 0]]
    return _with_channels(samples, channels)


def _chunks(data: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    at = len(_SIGNATURE)
    while at + 8 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        found[kind] = found.get(kind, b"") + body
        at += 12 + size
    return found


def _header(body: bytes) -> _Header:
    if len(body) != 13:
        raise Unreadable("a PNG without its header")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
    if interlaced or colour not in _SAMPLES or depth not in (1, 2, 4, 8, 16):
        raise Unreadable("an interlaced PNG, or one of a kind that there is not")
    if not 0 < width * height <= _LIMIT:
        raise Unreadable("a PNG that is too large")
    return _Header(width, height, depth, colour)


def _unfiltered(rows: Array, header: _Header) -> Array:
    """The bytes of each row, the filter in front of it undone."""
    step = max(1, header.bits // 8)
    above = np.zeros(rows.shape[1] - 1, np.uint8)
    found = []
    for row in rows:
        above = _row(int(row[0]), row[1:], above, step)
        found.append(above)
    return np.stack(found)


def _row(kind: int, row: Array, above: Array, step: int) -> Array:
    if kind == 0:
        return row
    if kind == 2:
        return row + above
    if kind == 1:
        padded = np.pad(row, (0, -len(row) % step)).reshape(-1, step)
        return np.asarray(padded.cumsum(0, np.uint8).reshape(-1)[: len(row)])
    if kind > 4:
        raise Unreadable("a PNG with an unknown filter")
    done, up = [0] * step, [0] * step + above.tolist()
    for i, value in enumerate(row.tolist()):
        left, over, corner = done[i], up[i + step], up[i]
        guess = (left + over) // 2 if kind == 3 else _paeth(left, over, corner)
        done.append((value + guess) & 255)
    return np.asarray(done[step:], np.uint8)


def _paeth(left: int, above: int, corner: int) -> int:
    near = left + above - corner
    return min((left, above, corner), key=lambda v: abs(near - v))


def _samples(rows: Array, header: _Header) -> Array:
    count = _SAMPLES[header.colour]
    if header.depth == 16:
        rows = rows[:, ::2]  # the high byte
    if header.depth < 8:
        bits = np.unpackbits(rows, axis=1).reshape(len(rows), -1, header.depth)
        rows = bits @ (1 << np.arange(header.depth)[::-1]).astype(np.uint8)
        rows = rows if header.colour == _PALETTE else rows * (255 // ((1 << header.depth) - 1))
    return rows[:, : header.width * count].reshape(header.height, header.width, count)


def _with_channels(samples: Array, channels: int) -> Array:
    alpha = samples.shape[2] in (2, 4)
    colour = samples[..., :-1] if alpha else samples
    if channels == 1:
        return colour.astype(np.uint8)
    colour = colour if colour.shape[2] == 3 else colour.repeat(3, 2)
    if channels == 4:
        opaque = samples[..., -1:] if alpha else np.full_like(colour[..., :1], 255)
        colour = np.concatenate([colour, opaque], 2)
    return colour.astype(np.uint8)

"""Baseline JPEG to pixels, bit for bit as libjpeg's accurate integer transform gives them.

From ITU-T T.81, and the arithmetic that libjpeg's manual and the Independent JPEG Group define
("islow" transform, "fancy" upsampling, JFIF's colours in 16-bit fixed point).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tfmigrate.processing.pictures.bits import ZIGZAG, Bits, Unreadable, huffman
from tfmigrate.processing.pictures.transform import inverse
from tfmigrate.processing.pictures.upsampling import doubled_across, doubled_down
from tfmigrate.processing.step import Array

_LIMIT = 1 << 24  # pixels
_START, _SCAN, _END, _TABLES, _QUANTISERS, _RESTARTS = 0xC0, 0xDA, 0xD9, 0xC4, 0xDB, 0xDD
_ADOBE = 0xEE


@dataclass
class _Component:
    across: int
    down: int
    quantiser: int
    tables: tuple[int, int] = (0, 0)
    blocks: dict[tuple[int, int], Array] = field(default_factory=dict)


@dataclass
class _File:
    height: int = 0
    width: int = 0
    components: dict[int, _Component] = field(default_factory=dict)
    quantisers: dict[int, Array] = field(default_factory=dict)
    tables: dict[int, dict[tuple[int, int], int]] = field(default_factory=dict)
    restarts: int = 0
    scan: bytes = b""


def decoded(data: bytes, channels: int) -> Array:
    """The pixels, uint8 [height, width, channels].

    Args:
        data: The file.
        channels: 3, or 1 for the brightness alone.

    Raises:
        Unreadable: It is progressive, in other colours, subsampled in a rare way, or broken.
    """
    try:
        file = _read(data)
    except Unreadable:
        raise
    except (IndexError, KeyError, ValueError, StopIteration) as error:
        raise Unreadable("a broken JPEG") from error
    _scan(file)
    planes = [_plane(file, c) for c in file.components.values()]
    if channels == 1:
        return planes[0][..., None].astype(np.uint8)
    return _rgb(planes if len(planes) == 3 else planes * 3, coloured=len(planes) == 3)


def _read(data: bytes) -> _File:
    file, at = _File(), 2
    while not file.scan:
        if data[at] != 0xFF:
            raise Unreadable("a broken JPEG")
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        _segment(file, kind, data[at + 4 : at + 2 + size])
        at += 2 + size
        if kind == _SCAN:
            file.scan = data[at:]
    return file


def _segment(file: _File, kind: int, body: bytes) -> None:
    if kind == _START:
        _frame(file, body)
    elif 0xC1 <= kind <= 0xCF and kind != _TABLES and kind not in (0xC8, 0xCC):
        raise Unreadable("a progressive JPEG, or one of another rare kind")
    elif kind == _QUANTISERS:
        _quantisers(file, body)
    elif kind == _TABLES:
        _codes(file, body)
    elif kind == _RESTARTS:
        file.restarts = int.from_bytes(body, "big")
    elif kind == _ADOBE:
        raise Unreadable("a JPEG with Adobe's colours")
    elif kind == _SCAN:
        _order(file, body)


def _quantisers(file: _File, body: bytes) -> None:
    for start in range(0, len(body), 65):
        if body[start] > 3:
            raise Unreadable("a JPEG with quantisers of 16 bits")
        file.quantisers[body[start]] = np.frombuffer(body, np.uint8, 64, start + 1)


def _codes(file: _File, body: bytes) -> None:
    while body:
        count = sum(body[1:17])
        file.tables[body[0]] = huffman(body[1:17], body[17 : 17 + count])
        body = body[17 + count :]


def _frame(file: _File, body: bytes) -> None:
    file.height, file.width = (int.from_bytes(body[i : i + 2], "big") for i in (1, 3))
    if body[0] != 8 or body[5] not in (1, 3) or not 0 < file.height * file.width <= _LIMIT:
        raise Unreadable("a JPEG with other than 8 bits, 1 or 3 colours, or a size that is odd")
    for i in range(body[5]):
        name, factors, quantiser = body[6 + 3 * i : 9 + 3 * i]
        file.components[name] = _Component(factors >> 4, factors & 15, quantiser)
    first, *others = file.components.values()
    if not others:
        first.across = first.down = 1
    usual = (first.across, first.down) in ((1, 1), (2, 1), (2, 2))
    if not usual or any((c.across, c.down) != (1, 1) for c in others):
        raise Unreadable("a JPEG that is subsampled in a rare way")


def _order(file: _File, body: bytes) -> None:
    if body[0] != len(file.components):
        raise Unreadable("a JPEG in several scans")
    for i in range(body[0]):
        name, tables = body[1 + 2 * i : 3 + 2 * i]
        file.components[name].tables = tables >> 4, 0x10 | tables & 15


def _scan(file: _File) -> None:
    """Read the coefficients of every block."""
    first = next(iter(file.components.values()))
    rows, columns = -(-file.height // (8 * first.down)), -(-file.width // (8 * first.across))
    pieces = _pieces(file.scan)
    bits, last = Bits(pieces[0]), [0] * len(file.components)
    for unit in range(rows * columns):
        if file.restarts and unit and unit % file.restarts == 0:
            number = unit // file.restarts
            if number >= len(pieces):
                raise Unreadable("a JPEG that ends too early")
            bits, last = Bits(pieces[number]), [0] * len(last)
        row, column = divmod(unit, columns)
        for i, c in enumerate(file.components.values()):
            for y in range(row * c.down, (row + 1) * c.down):
                for x in range(column * c.across, (column + 1) * c.across):
                    block = _block(bits, file, c, last[i])
                    last[i], c.blocks[y, x] = int(block[0]), block


def _pieces(scan: bytes) -> list[bytes]:
    """The data between the restart markers, up to the next other marker."""
    found, start, at = [], 0, 0
    while True:
        at = scan.find(b"\xff", at)
        kind = scan[at + 1] if 0 <= at < len(scan) - 1 else _END
        if kind != 0:
            found.append(scan[start:] if at < 0 else scan[start:at])
            if not 0xD0 <= kind <= 0xD7:
                return found
            start = at + 2
        at += 2


def _block(bits: Bits, file: _File, component: _Component, last: int) -> Array:
    """The 64 coefficients of a block, in the order of the file."""
    try:
        dc, ac = (file.tables[t] for t in component.tables)
    except KeyError as error:
        raise Unreadable("a JPEG without its Huffman tables") from error
    found = np.zeros(64, np.int64)
    found[0] = last + bits.signed(bits.symbol(dc))
    at = 1
    while at < 64:
        run, size = divmod(bits.symbol(ac), 16)
        if size == 0 and run < 15:
            break
        at += run
        if at > 63:
            raise Unreadable("a JPEG with a block that is too long")
        found[at] = bits.signed(size)
        at += 1
    return found


def _plane(file: _File, component: _Component) -> Array:
    """The samples of a component, as many as there are pixels."""
    if component.quantiser not in file.quantisers:
        raise Unreadable("a JPEG without its quantisers")
    first = next(iter(file.components.values()))
    rows, columns = (max(place[i] for place in component.blocks) + 1 for i in (0, 1))
    stored = np.stack([component.blocks[y, x] for y in range(rows) for x in range(columns)])
    blocks = np.zeros_like(stored)
    blocks[:, ZIGZAG] = stored * file.quantisers[component.quantiser]
    samples = inverse(blocks.reshape(-1, 8, 8)).reshape(rows, columns, 8, 8)
    plane = samples.transpose(0, 2, 1, 3).reshape(8 * rows, 8 * columns)
    across, down = first.across // component.across, first.down // component.down
    plane = plane[: -(-file.height // down), : -(-file.width // across)]
    if down == 2:
        plane = doubled_down(plane)
    elif across == 2:
        plane = doubled_across(plane)
    return plane[: file.height, : file.width]


def _rgb(planes: list[Array], coloured: bool) -> Array:
    y, blue, red = (p.astype(np.int64) for p in planes)
    if not coloured:
        return np.stack([y, y, y], -1).astype(np.uint8)
    blue, red, half = blue - 128, red - 128, 1 << 15
    found = [
        y + ((91881 * red + half) >> 16),
        y + ((-22554 * blue - 46802 * red + half) >> 16),
        y + ((116130 * blue + half) >> 16),
    ]
    return np.asarray(np.clip(np.stack(found, -1), 0, 255), np.uint8)

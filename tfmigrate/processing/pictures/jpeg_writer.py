"""Pixels to a baseline JPEG, for examples: small rather than well compressed.

Every Huffman code has the same length: 4 bits for the first coefficient's sizes, 8 for the others.
"""

from __future__ import annotations

import struct

import numpy as np

from tfmigrate.processing.pictures.bits import ZIGZAG
from tfmigrate.processing.step import Array

_SIZES = list(range(12))
_RUNS = [0x00, 0xF0, *(16 * run + size for run in range(16) for size in range(1, 11))]
_CODES = {symbol: code for code, symbol in enumerate(_RUNS)}
_ORDER = np.arange(8)
_COSINES = np.cos((2 * _ORDER + 1) * _ORDER[:, None] * np.pi / 16) / 2
_COSINES[0] /= np.sqrt(2)


def encoded(pixels: Array, halved: bool = False, quantiser: int = 3) -> bytes:
    """A JPEG of uint8 pixels [height, width, 1 or 3].

    Args:
        pixels: The image.
        halved: Whether colour is stored at half the size, as cameras do.
        quantiser: What every coefficient is divided by, 1 to 255.
    """
    height, width, channels = pixels.shape
    planes = _planes(pixels.astype(np.float64))
    double = 2 if halved and channels == 3 else 1
    frame = struct.pack(">BHHB", 8, height, width, channels)
    scan = bytes([channels])
    for i in range(channels):
        frame += bytes([i + 1, 17 * double if i == 0 else 17, 0])
        scan += bytes([i + 1, 0])
    parts = [
        (0xDB, bytes([0] + [quantiser] * 64)), (0xC0, frame),
        (0xC4, bytes([0, *_counts(4, len(_SIZES)), *_SIZES])),
        (0xC4, bytes([16, *_counts(8, len(_RUNS)), *_RUNS])), (0xDA, scan + b"\0\x3f\0"),
    ]  # fmt: skip
    head = b"".join(struct.pack(">BBH", 0xFF, k, len(b) + 2) + b for k, b in parts)
    return b"\xff\xd8" + head + _scan(planes, double, quantiser) + b"\xff\xd9"


def _counts(length: int, count: int) -> list[int]:
    return [count if i == length else 0 for i in range(1, 17)]


def _planes(pixels: Array) -> list[Array]:
    if pixels.shape[2] == 1:
        return [pixels[..., 0]]
    red, green, blue = np.moveaxis(pixels, 2, 0)
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    return [bright, (blue - bright) / 1.772 + 128, (red - bright) / 1.402 + 128]


def _scan(planes: list[Array], double: int, quantiser: int) -> bytes:
    blocks = [_blocks(planes[0], 8 * double, quantiser)]
    for plane in planes[1:]:
        small = _edged(plane, 2 * double)
        if double == 2:
            small = (small[::2, ::2] + small[1::2, ::2] + small[::2, 1::2] + small[1::2, 1::2]) / 4
        blocks.append(_blocks(small, 8, quantiser))
    units = _units(blocks, planes[0].shape, double)
    bits = "".join(units)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")


def _units(blocks: list[Array], size: tuple[int, ...], double: int) -> list[str]:
    rows, columns = (-(-n // (8 * double)) for n in size)
    last, found = [0] * len(blocks), []
    for row in range(rows):
        for column in range(columns):
            for i, held in enumerate(blocks):
                reach = double if i == 0 else 1
                for y in range(row * reach, (row + 1) * reach):
                    for x in range(column * reach, (column + 1) * reach):
                        found.append(_block(held[y, x], last[i]))
                        last[i] = int(held[y, x][0])
    return found


def _edged(plane: Array, step: int) -> Array:
    """A plane whose sides are multiples of a number, its edges repeated."""
    return np.pad(plane, [(0, -n % step) for n in plane.shape], "edge")


def _blocks(plane: Array, step: int, quantiser: int) -> Array:
    """The coefficients of every block, [rows, columns, 64] in the order of the file."""
    whole = _edged(plane - 128, step)
    rows, columns = (n // 8 for n in whole.shape)
    parts = whole.reshape(rows, 8, columns, 8).transpose(0, 2, 1, 3)
    found = np.rint(_COSINES @ parts @ _COSINES.T / quantiser).astype(int)
    return found.reshape(rows, columns, 64)[..., ZIGZAG]


def _block(values: Array, last: int) -> str:
    size, bits = _number(int(values[0]) - last)
    found, run = [f"{size:04b}{bits}"], 0
    for value in values[1 : 1 + int(np.flatnonzero(values[1:]).max(initial=-1)) + 1].tolist():
        if value == 0:
            run += 1
            continue
        while run > 15:
            found.append(f"{_CODES[0xF0]:08b}")
            run -= 16
        size, bits = _number(value)
        found.append(f"{_CODES[16 * run + size]:08b}{bits}")
        run = 0
    if values[63] == 0:
        found.append(f"{_CODES[0]:08b}")
    return "".join(found)


def _number(value: int) -> tuple[int, str]:
    size = abs(value).bit_length()
    return size, f"{value if value > 0 else value + (1 << size) - 1:0{size}b}" if size else ""

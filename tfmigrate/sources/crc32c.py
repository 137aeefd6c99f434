"""CRC32C (Castagnoli), the checksum of tables and of the tensors in checkpoints."""

from __future__ import annotations

import functools

_LANES_FROM = 1 << 16  # bytes; below, plain Python is faster than importing NumPy


def masked(crc: int) -> int:
    """A CRC32C as tables store it: rotated and shifted (LevelDB's ``crc32c::Mask``)."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


@functools.cache
def _bytewise() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        found.append(byte)
    return tuple(found)


def crc32c(data: bytes) -> int:
    """CRC32C (Castagnoli) of ``data``."""
    crc, done = (0xFFFFFFFF, 0) if len(data) < _LANES_FROM else _lanes(data)
    bytewise = _bytewise()
    for byte in data[done:]:
        crc = bytewise[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _lanes(data: bytes) -> tuple[int, int]:
    """The running CRC of the head of ``data``, many stretches side by side, and the head's length.

    A CRC is linear: each stretch starts from 0 and is then carried over the bytes that follow it.
    """
    import numpy as np

    length = max(256, int(len(data) ** 0.5))
    count = len(data) // length
    bytewise = np.array(_bytewise(), np.uint32)
    columns = np.frombuffer(data, np.uint8, count * length).reshape(count, length).T
    crcs = np.zeros(count + 32, np.uint32)
    crcs[0] = 0xFFFFFFFF
    crcs[count:] = 1 << np.arange(32, dtype=np.uint32)  # what `length` zero bytes make of each bit
    step = np.zeros(count + 32, np.uint32)
    for column in np.ascontiguousarray(columns):
        step[:count] = column
        crcs = bytewise[(crcs ^ step) & 0xFF] ^ crcs >> 8
    carried = crcs[count:].tolist()
    total = 0
    for crc in crcs[:count].tolist():
        moved = 0
        for bit in range(32):
            if total >> bit & 1:
                moved ^= carried[bit]
        total = moved ^ crc
    return total, count * length

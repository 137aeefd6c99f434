"""Slices of partitioned variables: how checkpoints of both versions name and place them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

FULL = -1  # the length of a slice that spans its whole dimension

Extents = Sequence[tuple[int, int]]


def extents(slice_proto: Any) -> Extents:
    """Start and length of a slice in every dimension, ``(0, FULL)`` for a whole one."""
    return [(e.start, e.length if e.HasField("length") else FULL) for e in slice_proto.extent]


def lengths(shape: tuple[int, ...], extents: Extents) -> tuple[int, ...] | None:
    """The shape of a slice of a tensor of ``shape``; None where the ranks differ."""
    if len(shape) != len(extents):
        return None
    return tuple(d if n == FULL else n for d, (_, n) in zip(shape, extents, strict=True))


def tiles(shape: tuple[int, ...], boxes: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> bool:
    """Whether boxes (start, lengths) fill a shape exactly.

    TensorFlow's partitioners cut along one axis; so only boxes that do are accepted.
    """
    cut = [a for a in range(len(shape)) if any(size[a] != shape[a] for _, size in boxes)]
    if len(cut) > 1 or any(s < 0 for start, _ in boxes for s in start):
        return False
    if any(start[a] for start, _ in boxes for a in range(len(shape)) if a not in cut):
        return False
    if not cut:
        return len(boxes) == 1
    at = 0
    for start, length in sorted((start[cut[0]], size[cut[0]]) for start, size in boxes):
        if start != at:
            return False
        at += length
    return at == shape[cut[0]]


def key(name: str, extents: Sequence[tuple[int, int]]) -> bytes:
    """The key under which a slice of a tensor is stored (TensorFlow's ``EncodeTensorNameSlice``).

    Args:
        name: The tensor's name.
        extents: Start and length in every dimension, ``(0, FULL)`` for a whole one.
    """
    escaped = name.encode().replace(b"\x00", b"\x00\xff")  # UTF-8 has no 0xff to escape
    rank = len(extents).to_bytes(1, "big") if extents else b""
    numbers = b"".join(_ordered(number) for extent in extents for number in extent)
    return b"\x00" + escaped + b"\x00\x01" + bytes([len(rank)]) + rank + numbers


def _ordered(number: int) -> bytes:
    """A signed number such that bytes sort as numbers do (LevelDB's OrderedCode)."""
    bits = (~number if number < 0 else number).bit_length()
    width = bits // 7 + 1
    header = ((1 << width) - 1) << 16 >> width  # `width` ones, the highest of two bytes
    body = (number & (1 << 80) - 1).to_bytes(10, "big")[-max(width, 2) :]
    mixed = int.from_bytes(body[:2], "big") ^ (header if width > 1 else header >> 8)
    return (mixed.to_bytes(2, "big") + body[2:])[-width:]

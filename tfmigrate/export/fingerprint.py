"""Make ``fingerprint.pb`` say the same for the same model: its uuid comes from the content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

FILE = "fingerprint.pb"
# FingerprintDef of tensorflow/core/protobuf/fingerprint.proto: uuid is field 7, a string that
# TensorFlow fills with a random 128-bit number in decimal.
_UUID = 7
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def settle(saved_model: Path) -> str:
    """Replace the random uuid in ``fingerprint.pb`` by one made from the SavedModel; return it.

    It is made of ``saved_model.pb``, of ``variables.index`` (which holds size and CRC32C of every
    variable) and of the other fields: an identity, not a proof, which is what the certificate's
    SHA-256 manifest is for.

    Raises:
        FileNotFoundError: TensorFlow wrote no fingerprint.
        ValueError: The file is no FingerprintDef.
    """
    path = saved_model / FILE
    fields = [(number, raw) for number, raw in _fields(path.read_bytes()) if number != _UUID]
    digest = hashlib.sha256(b"".join(raw for _, raw in fields))
    for file in (saved_model / "saved_model.pb", saved_model / "variables" / "variables.index"):
        digest.update(hashlib.sha256(file.read_bytes() if file.exists() else b"").digest())
    made = str(int.from_bytes(digest.digest()[:16], "big"))
    text = made.encode()
    fields.append((_UUID, bytes([_UUID << 3 | _BYTES, len(text)]) + text))
    path.write_bytes(b"".join(raw for _, raw in fields))
    return made


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The top-level fields of a proto: number, and its bytes with the tag."""
    at = 0
    while at < len(data):
        tag, end = _varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            _, end = _varint(data, end)
        elif kind == _BYTES:
            length, end = _varint(data, end)
            end += length
        elif kind in (_FIXED64, _FIXED32):
            end += 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"{FILE} has a field of wire type {kind}")
        if end > len(data):
            raise ValueError(f"{FILE} ends inside a field")
        yield tag >> 3, data[at:end]
        at = end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
    raise ValueError(f"{FILE} ends inside a number")

"""The files of tensors that serve.cc reads and writes; it says how they are laid out."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from tfmigrate.parity.npz import dtype_name, numpy_type, strings
from tfmigrate.sources.protos import DTYPES

NUMBERS = {name: number for number, name in DTYPES.items()}


def write(path: Path, tensors: dict[str, np.ndarray]) -> None:
    path.write_bytes(b"".join(_packed(n.encode(), strings(a)) for n, a in tensors.items()))


def _packed(name: bytes, array: np.ndarray) -> bytes:
    kind = NUMBERS[dtype_name(array)]
    head = struct.pack(f"<I{len(name)}sII", len(name), name, kind, array.ndim)
    head += struct.pack(f"<{array.ndim}q", *array.shape)
    if array.dtype.kind != "O":
        return head + array.tobytes()
    return head + b"".join(struct.pack("<Q", len(v)) + v for v in array.reshape(-1).tolist())


def read(path: Path) -> dict[str, np.ndarray]:
    data, at, found = path.read_bytes(), 0, {}

    def take(count: int) -> bytes:
        nonlocal at
        at += count
        assert at <= len(data)
        return data[at - count : at]

    def number(kind: str) -> int:
        return struct.unpack(f"<{kind}", take(struct.calcsize(kind)))[0]

    while at < len(data):
        name = take(number("I")).decode()
        dtype = DTYPES[number("I")]
        shape = tuple(number("q") for _ in range(number("I")))
        count = int(np.prod(shape, dtype=np.int64))
        if dtype == "string":
            array = np.empty(count, object)
            array[:] = [take(number("Q")) for _ in range(count)]
        else:
            kind = numpy_type(dtype)
            array = np.frombuffer(take(count * kind.itemsize), kind)
        found[name] = array.reshape(shape)
    return found

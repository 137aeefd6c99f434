"""Run a SavedModel through TensorFlow's C API, the way a C++ server does; no Python TensorFlow.

    python c_loader.py SAVEDMODEL KEY INPUTS.npz OUTPUTS.npz

Numeric tensors only. Prints the tensor names of the signature as JSON.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

# TF_DataType of tensorflow/c/tf_datatype.h.
DTYPES = {
    1: np.float32, 2: np.float64, 3: np.int32, 4: np.uint8, 6: np.int8, 9: np.int64,
    10: np.bool_, 19: np.float16,
}  # fmt: skip
CODES = {np.dtype(v): k for k, v in DTYPES.items()}


class Buffer(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("length", ctypes.c_size_t),
        ("free", ctypes.c_void_p),
    )


class Output(ctypes.Structure):
    _fields_ = (("oper", ctypes.c_void_p), ("index", ctypes.c_int))


def library() -> Any:
    """libtensorflow_cc of the installed wheel, found without importing the package."""
    spec = importlib.util.find_spec("tensorflow")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    ctypes.CDLL(str(folder / "libtensorflow_framework.so.2"), ctypes.RTLD_GLOBAL)
    c = ctypes.CDLL(str(folder / "libtensorflow_cc.so.2"), ctypes.RTLD_GLOBAL)
    for name in (
        "TF_NewStatus", "TF_NewSessionOptions", "TF_NewGraph", "TF_NewBuffer",
        "TF_LoadSessionFromSavedModel", "TF_GraphOperationByName", "TF_AllocateTensor",
        "TF_TensorData",
    ):  # fmt: skip
        getattr(c, name).restype = ctypes.c_void_p
    c.TF_Message.restype = ctypes.c_char_p
    c.TF_TensorByteSize.restype = ctypes.c_size_t
    c.TF_Dim.restype = ctypes.c_int64
    return c


def wire(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a proto message: number and value."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        elif tag & 7 == 2:
            length = varint()
            at += length
            yield tag >> 3, data[at - length : at]
        else:
            at += 8 if tag & 7 == 1 else 4


def signature(meta_graph: bytes, key: str) -> dict[str, dict[str, str]]:
    """``{"inputs": {name: tensor}, "outputs": {name: tensor}}`` of MetaGraphDef.signature_def."""
    for number, value in wire(meta_graph):
        entry = dict(wire(value)) if number == 5 else {}
        if entry.get(1, b"").decode() == key:
            found: dict[str, dict[str, str]] = {"inputs": {}, "outputs": {}}
            for kind, pair in wire(entry[2]):
                if kind in (1, 2):
                    named = dict(wire(pair))
                    tensor = dict(wire(named[2]))[1].decode()
                    found["inputs" if kind == 1 else "outputs"][named[1].decode()] = tensor
            return found
    raise KeyError(key)


class Session:
    """A loaded SavedModel and its signature."""

    def __init__(self, path: str, key: str) -> None:
        self.c = library()
        self.status = ctypes.c_void_p(self.c.TF_NewStatus())
        self.graph = ctypes.c_void_p(self.c.TF_NewGraph())
        options = ctypes.c_void_p(self.c.TF_NewSessionOptions())
        meta = ctypes.c_void_p(self.c.TF_NewBuffer())
        tags = (ctypes.c_char_p * 1)(b"serve")
        self.session = ctypes.c_void_p(
            self.c.TF_LoadSessionFromSavedModel(
                options, None, path.encode(), tags, 1, self.graph, meta, self.status
            )
        )
        self.check()
        held = Buffer.from_address(meta.value or 0)
        self.signature = signature(ctypes.string_at(held.data, held.length), key)

    def check(self) -> None:
        if self.c.TF_GetCode(self.status) != 0:
            raise RuntimeError(self.c.TF_Message(self.status).decode())

    def output(self, tensor: str) -> Output:
        name, _, index = tensor.rpartition(":")
        operation = self.c.TF_GraphOperationByName(self.graph, name.encode())
        assert operation, f"no operation {name}"
        return Output(operation, int(index))

    def tensor(self, array: np.ndarray) -> Any:
        dims = (ctypes.c_int64 * array.ndim)(*array.shape)
        size = ctypes.c_size_t(array.nbytes)
        made = ctypes.c_void_p(self.c.TF_AllocateTensor(CODES[array.dtype], dims, array.ndim, size))
        data = np.ascontiguousarray(array)
        ctypes.memmove(self.c.TF_TensorData(made), data.ctypes.data, array.nbytes)
        return made

    def array(self, tensor: int) -> np.ndarray:
        t = ctypes.c_void_p(tensor)
        shape = [self.c.TF_Dim(t, i) for i in range(self.c.TF_NumDims(t))]
        raw = ctypes.string_at(self.c.TF_TensorData(t), self.c.TF_TensorByteSize(t))
        return np.frombuffer(raw, DTYPES[self.c.TF_TensorType(t)]).reshape(shape)

    def run(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        feeds = (Output * len(inputs))(*(self.output(self.signature["inputs"][n]) for n in inputs))
        values = (ctypes.c_void_p * len(inputs))(*(self.tensor(a).value for a in inputs.values()))
        names = list(self.signature["outputs"])
        fetches = (Output * len(names))(*(self.output(self.signature["outputs"][n]) for n in names))
        results = (ctypes.c_void_p * len(names))()
        self.c.TF_SessionRun(
            self.session, None, feeds, values, len(inputs), fetches, results, len(names),
            None, 0, None, self.status,
        )  # fmt: skip
        self.check()
        return {n: self.array(t) for n, t in zip(names, results, strict=True)}


def main(path: str, key: str, source: str, target: str) -> None:
    session = Session(path, key)
    with np.load(source) as arrays:
        outputs = session.run({n: arrays[n] for n in arrays.files})
    # One array per position: a name such as head/fc is no file name inside an archive.
    np.savez(target, *outputs.values())
    print(json.dumps({"outputs": list(outputs), "signature": session.signature}))
    assert "tensorflow" not in sys.modules


if __name__ == "__main__":
    main(*sys.argv[1:])

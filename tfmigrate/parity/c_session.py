"""Run a SavedModel through TensorFlow's C API, as a C++ server does; Python's is not imported.

Loading the library takes 0.3 s where ``import tensorflow`` takes 2.5. Source of the declarations:
``tensorflow/c/c_api.h``, ``tf_tensor.h`` and ``tf_datatype.h``, stable within TensorFlow 2.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.errors import NotSupported, shown
from tfmigrate.parity.npz import dtype_name, numpy_type
from tfmigrate.parity.probes import Array, Probe
from tfmigrate.sources import protos
from tfmigrate.sources.saved_model import serving

# TF_DataType; strings are structs of their own and are left out.
_TYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 8: "complex64",
    9: "int64", 10: "bool", 14: "bfloat16", 17: "uint16", 18: "complex128", 19: "float16",
    22: "uint32", 23: "uint64",
}  # fmt: skip
_CODES = {name: code for code, name in _TYPES.items()}
_POINTERS = (
    "TF_NewStatus", "TF_NewSessionOptions", "TF_NewGraph", "TF_LoadSessionFromSavedModel",
    "TF_GraphOperationByName", "TF_AllocateTensor", "TF_TensorData",
)  # fmt: skip


class _Output(ctypes.Structure):
    _fields_ = (("oper", ctypes.c_void_p), ("index", ctypes.c_int))


class Session:
    """A SavedModel, loaded by :func:`library`; its signature's numeric outputs can be asked.

    Raises:
        NotSupported: It cannot be loaded, or an input is text.
    """

    def __init__(self, c: Any, path: Path, key: str) -> None:
        self._c = c
        self._status = ctypes.c_void_p(self._c.TF_NewStatus())
        self._graph = ctypes.c_void_p(self._c.TF_NewGraph())
        options = ctypes.c_void_p(self._c.TF_NewSessionOptions())
        tags = (ctypes.c_char_p * 1)(b"serve")
        loaded = self._c.TF_LoadSessionFromSavedModel(
            options, None, str(path).encode(), tags, 1, self._graph, None, self._status
        )
        self._check()
        self._session = ctypes.c_void_p(loaded)
        said = _signature(path, key)
        self._inputs = {e.key: e.value.name for e in said.inputs}
        outputs = {e.key: e.value for e in said.outputs}
        self._outputs = {n: o.name for n, o in outputs.items() if o.dtype in _TYPES}
        if any(e.value.dtype not in _TYPES for e in said.inputs):
            raise NotSupported("an input is text")

    def answer(self, probe: Probe) -> Probe:
        """What it answers to one probe, by the public names; text is left out.

        Raises:
            NotSupported: It does not run.
        """
        given = {name: self._tensor(array) for name, array in probe.items()}
        values = (ctypes.c_void_p * len(given))(*(t.value for t in given.values()))
        feeds = self._places([self._inputs[name] for name in given])
        fetches = self._places(list(self._outputs.values()))
        results = (ctypes.c_void_p * len(self._outputs))()
        self._c.TF_SessionRun(
            self._session, None, feeds, values, len(feeds), fetches, results, len(fetches),
            None, 0, None, self._status,
        )  # fmt: skip
        self._check()
        found = {n: self._array(t) for n, t in zip(self._outputs, results, strict=True)}
        for tensor in (*given.values(), *map(ctypes.c_void_p, results)):
            self._c.TF_DeleteTensor(tensor)
        return found

    def _check(self) -> None:
        if self._c.TF_GetCode(self._status) != 0:
            message = self._c.TF_Message(self._status).decode(errors="replace")
            raise NotSupported(f"TensorFlow's C API does not run it: {shown(message, 300)}")

    def _places(self, tensors: list[str]) -> Any:
        found = (_Output * len(tensors))()
        for place, tensor in zip(found, tensors, strict=True):
            name, _, index = tensor.rpartition(":")
            place.oper = self._c.TF_GraphOperationByName(self._graph, name.encode())
            place.index = int(index)
        return found

    def _tensor(self, array: Array) -> ctypes.c_void_p:
        data = np.ascontiguousarray(array)
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        size = ctypes.c_size_t(array.nbytes)
        code = _CODES[dtype_name(array)]
        made = ctypes.c_void_p(self._c.TF_AllocateTensor(code, shape, array.ndim, size))
        ctypes.memmove(self._c.TF_TensorData(made), data.ctypes.data, array.nbytes)
        return made

    def _array(self, tensor: int) -> Array:
        held = ctypes.c_void_p(tensor)
        shape = [self._c.TF_Dim(held, i) for i in range(self._c.TF_NumDims(held))]
        raw = ctypes.string_at(self._c.TF_TensorData(held), self._c.TF_TensorByteSize(held))
        return np.frombuffer(raw, numpy_type(_TYPES[self._c.TF_TensorType(held)])).reshape(shape)


def library() -> Any:
    """TensorFlow's C API, out of the installed wheel.

    Raises:
        NotSupported: It is not there.
    """
    spec = importlib.util.find_spec("tensorflow")
    if sys.platform != "linux" or spec is None or spec.origin is None:
        raise NotSupported("TensorFlow's C API is only looked for on Linux")
    folder = Path(spec.origin).parent
    try:
        ctypes.CDLL(str(folder / "libtensorflow_framework.so.2"), ctypes.RTLD_GLOBAL)
        c = ctypes.CDLL(str(folder / "libtensorflow_cc.so.2"), ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise NotSupported(f"this TensorFlow has no C API: {shown(error, 300)}") from error
    for name in _POINTERS:
        getattr(c, name).restype = ctypes.c_void_p
    c.TF_Message.restype = ctypes.c_char_p
    c.TF_TensorByteSize.restype = ctypes.c_size_t
    c.TF_Dim.restype = ctypes.c_int64
    return c


def _signature(path: Path, key: str) -> Any:
    model = protos.parse("SavedModel", (path / "saved_model.pb").read_bytes(), str(path))
    said: Mapping[str, Any] = {e.key: e.value for e in serving(model).signature_def}
    return said[key]

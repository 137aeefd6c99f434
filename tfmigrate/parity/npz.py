"""``.npz`` archives without pickles and without time stamps: same arrays, same bytes."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.errors import Damaged, NotSupported, Problem, shown
from tfmigrate.lazy import load as load_object

Arrays = dict[str, np.ndarray[Any, Any]]

# Types that NumPy stores as raw bytes and forgets: kept under the name of their type.
_RAW = {"bfloat16": "<u2", "float8_e4m3fn": "|u1", "float8_e5m2": "|u1"}
_TYPES = "dtypes"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def strings(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Strings of any NumPy form as an object array of bytes, TensorFlow's; others unchanged."""
    if array.dtype.kind not in "OSU":
        return array
    as_bytes = [v.encode() if isinstance(v, str) else bytes(v) for v in array.reshape(-1).tolist()]
    made = np.empty(len(as_bytes), dtype=object)
    made[:] = as_bytes
    return made.reshape(array.shape)


def dtype_name(array: np.ndarray[Any, Any]) -> str:
    """The type of an array as a signature names it (``string`` for every form of strings)."""
    return "string" if array.dtype.kind in "OSU" else array.dtype.name


def numpy_type(name: str) -> np.dtype[Any]:
    """The NumPy type of a signature's type name; strings are objects.

    Raises:
        TypeError: NumPy has no such type.
    """
    if name in _RAW:  # ml_dtypes comes with TensorFlow
        made: np.dtype[Any] = np.dtype(load_object(f"ml_dtypes:{name}"))
        return made
    return np.dtype(object if name == "string" else name)


def to_bytes(arrays: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    """The archive. Stored, not deflated: zlib's bytes differ from version to version.

    Raises:
        NotSupported: A string ends in a NUL, which NumPy would drop.
    """
    raw = {n: dtype_name(a) for n, a in arrays.items() if dtype_name(a) in _RAW}
    members = {name: _plain(name, array) for name, array in arrays.items()}
    if raw:
        members[_TYPES] = np.frombuffer(json.dumps(raw, sort_keys=True).encode(), np.uint8)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            held = io.BytesIO()
            np.lib.format.write_array(held, members[name], allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), held.getvalue())
    return out.getvalue()


def save(path: Path, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write the archive; see :func:`to_bytes`."""
    path.write_bytes(to_bytes(arrays))


def load(path: Path) -> Arrays:
    """Every array of an archive, strings as bytes; pickles are never opened.

    Raises:
        Damaged: It is no readable archive, or an array in it is a pickle.
        FileNotFoundError: There is no such file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = _members(archive, path.name)
    except zipfile.BadZipFile as error:
        raise Damaged(
            f"not a readable .npz archive: {shown(error)}",
            where=path.name,
            help="write it with numpy.savez",
        ) from error
    types = json.loads(bytes(found.pop(_TYPES))) if _TYPES in found else {}
    for name, kind in types.items():
        if name in found and kind in _RAW:
            found[name] = found[name].view(numpy_type(kind))
    return found


def _members(archive: zipfile.ZipFile, where: str) -> Arrays:
    """Read without numpy.load, which mixes up the arrays ``x`` and ``x.npy``."""
    found: Arrays = {}
    problems: list[Problem] = []
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        if name in found:
            problems.append(Problem("there are two arrays of this name", shown(name)))
        try:
            with archive.open(info) as member:
                found[name] = strings(np.lib.format.read_array(member, allow_pickle=False))
        # RuntimeError: encrypted, or a compression that this Python lacks.
        except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            problems.append(Problem(f"this array cannot be read: {shown(error)}", shown(name)))
    if problems:
        raise Damaged(
            "arrays of this archive cannot be read",
            problems,
            where=where,
            help="save plain arrays with numpy.savez; object arrays are pickles and never opened",
        )
    return found


def _plain(name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if dtype_name(array) in _RAW:
        return np.ascontiguousarray(array).view(_RAW[dtype_name(array)])
    if array.dtype.kind != "O":
        return np.asarray(array, order="C")
    if any(v.endswith(b"\0") for v in strings(array).reshape(-1).tolist()):
        raise NotSupported("a string that ends in NUL cannot be stored", where=shown(name))
    return strings(array).astype("S") if array.size else np.empty(array.shape, "S1")

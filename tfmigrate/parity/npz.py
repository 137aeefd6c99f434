"""``.npz`` archives without pickles and without time stamps: same arrays, same bytes."""

from __future__ import annotations

import io
import json
import lzma
import math
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from tfmigrate.errors import Damaged, NotSupported, Problem, shown
from tfmigrate.lazy import load as load_object

Arrays = dict[str, np.ndarray[Any, Any]]

# Types that NumPy stores as raw bytes and forgets: kept under the name of their type.
_RAW = {"bfloat16": "<u2", "float8_e4m3fn": "|u1", "float8_e5m2": "|u1"}
_TYPES = "dtypes"
_EPOCH = (1980, 1, 1, 0, 0, 0)

# What is read at most: bytes of all arrays, strings of one, and bytes out of one packed byte
# (zeros pack to 1:1030 with deflate) where an array is bigger than the floor.
LIMIT, STRINGS = 1 << 30, 1 << 24
RATIO, FLOOR = 1000, 64 << 20

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
# All that zipfile, zlib and NumPy's header parser were seen to raise on damaged files.
# RuntimeError: encrypted, or a compression that this Python lacks; RecursionError is one.
# SystemError: tolist() on a code point above 0x10FFFF (NumPy 2.4).
_UNREADABLE = (
    OSError, MemoryError, OverflowError, TypeError, ValueError, EOFError, SyntaxError,
    tokenize.TokenError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error,
    lzma.LZMAError, KeyError, IndexError, SystemError,
)  # fmt: skip


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


def load(path: Path, *, ours: bool = False, only: tuple[str, ...] = ()) -> Arrays:
    """The arrays of an archive, strings as bytes; pickles are never opened.

    Args:
        path: The archive.
        ours: :func:`save` wrote it, and types that NumPy forgets are named in it.
        only: Beginnings of the names to read, all of them where empty; the rest is not looked at.

    Raises:
        Damaged: There is no such file, it is no readable archive, an array in it is a pickle or
            raw bytes, or it claims to hold more than is sensible.
    """
    try:
        size = _size(path)
        with zipfile.ZipFile(path) as archive:
            infos = [i for i in archive.infolist() if not only or i.filename.startswith(only)]
            _refuse_bombs(infos, max(LIMIT, size) if ours else LIMIT, path.name)
            found = _members(archive, infos, path.name)
    except _UNREADABLE as error:
        raise Damaged(
            f"not a readable .npz archive: {shown(error)}",
            where=shown(path.name),
            help="write it with numpy.savez",
        ) from error
    return _retyped(found, path.name) if ours else found


def _size(path: Path) -> int:
    """The size of a regular file: opening a pipe would wait for ever."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise OSError("it is no regular file")
    return about.st_size


def _refuse_bombs(infos: Sequence[zipfile.ZipInfo], limit: int, where: str) -> None:
    problems = [
        Problem(
            f"{i.file_size:,} bytes out of {i.compress_size:,} are more than any array packs to",
            shown(i.filename),
        )
        for i in infos
        if i.file_size > max(FLOOR, RATIO * i.compress_size)
    ]
    total = sum(i.file_size for i in infos)
    if total > limit:
        problems.append(Problem(f"the arrays take {total:,} bytes, {limit:,} are read at most"))
    if problems:
        raise Damaged("this archive unpacks to too much", problems, where=shown(where))


def _members(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], where: str) -> Arrays:
    """Read without numpy.load, which mixes up the arrays ``x`` and ``x.npy``."""
    found: Arrays = {}
    problems: list[Problem] = []
    for info in infos:
        name = info.filename.removesuffix(".npy")
        if name in found:
            problems.append(Problem("there are two arrays of this name", shown(name)))
        try:
            with archive.open(info) as member:
                _refuse_header(member, info.file_size)
            with archive.open(info) as member:
                found[name] = strings(np.lib.format.read_array(member, allow_pickle=False))
        except _UNREADABLE as error:
            problems.append(Problem(f"this array cannot be read: {shown(error)}", shown(name)))
    if problems:
        raise Damaged(
            "arrays of this archive cannot be read",
            problems,
            where=shown(where),
            help="save plain arrays with numpy.savez; object arrays are pickles and never opened",
        )
    return found


def _refuse_header(member: IO[bytes], size: int) -> None:
    """Judge an array by its header: NumPy allocates what it claims before it reads.

    Raises:
        ValueError: It claims more than the member holds, or values that are no plain ones.
    """
    read = _HEADERS.get(np.lib.format.read_magic(member))
    if read is None:
        raise ValueError("its .npy format is neither 1.0 nor 2.0")
    shape, _, dtype = read(member)
    count = math.prod(shape)
    if dtype.hasobject:
        raise ValueError("object arrays are pickles")
    if dtype.kind == "V":
        raise ValueError(f"{dtype} is raw bytes or records; save bfloat16 as float32")
    if min(shape, default=0) < 0 or count * max(dtype.itemsize, 1) > size:
        raise ValueError(f"its header claims {shape} of {dtype} and it holds {size:,} bytes")
    if dtype.kind in "SU" and count > STRINGS:
        raise ValueError(f"{count:,} strings, {STRINGS:,} are read at most")


def _retyped(found: Arrays, where: str) -> Arrays:
    """The arrays in the types that the archive names for them."""
    if _TYPES not in found:
        return found
    try:
        types = json.loads(found.pop(_TYPES).tobytes())
        if not isinstance(types, dict):
            raise ValueError("it is no JSON object")
        for name, kind in types.items():
            if name not in found or not isinstance(kind, str) or kind not in _RAW:
                raise ValueError(f"{shown(name)} as {shown(kind)} makes no sense")
            found[name] = found[name].view(numpy_type(kind))
    except (ValueError, TypeError, RecursionError) as error:
        raise Damaged(
            f"the types of its arrays cannot be read: {shown(error)}", where=shown(where)
        ) from error
    return found


def _plain(name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if dtype_name(array) in _RAW:
        return np.ascontiguousarray(array).view(_RAW[dtype_name(array)])
    if array.dtype.kind != "O":
        return np.asarray(array, order="C")
    if any(v.endswith(b"\0") for v in strings(array).reshape(-1).tolist()):
        raise NotSupported("a string that ends in NUL cannot be stored", where=shown(name))
    return strings(array).astype("S") if array.size else np.empty(array.shape, "S1")

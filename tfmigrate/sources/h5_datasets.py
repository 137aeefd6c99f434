"""One HDF5 dataset: what it declares, whether it may be read, and its values."""

from __future__ import annotations

import math
import pathlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged, NotSupported, UnsafeContent, shown

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

# gzip, shuffle, fletcher32, lzf; everything else needs a plugin, which is native code.
_FILTERS = {1, 2, 3, 32000}
_FILTER_NAMES = {
    4: "szip", 5: "nbit", 6: "scaleoffset", 307: "bzip2", 32001: "blosc", 32004: "lz4",
    32008: "bitshuffle", 32013: "zfp", 32015: "zstd", 32026: "blosc2",
}  # fmt: skip
_TYPE_CLASSES = {
    2: "time", 4: "bit field", 5: "opaque", 6: "compound (or complex)", 7: "reference",
    8: "enumeration", 9: "variable length", 10: "array", 11: "complex",
}  # fmt: skip
# Reading in place saves a copy; below this the mapping costs more than the copy.
MAP_FROM = 2**20


@dataclass(frozen=True)
class Dataset:
    """A dataset that may be read.

    Attributes:
        path: Its path in the file.
        shape: Its shape.
        dtype: NumPy's name of its type, ``string`` for text.
        nbytes: The bytes it declares.
        stored: The bytes it takes in the file.
        offset: Where its bytes start if they lie there as they are; None otherwise.
    """

    path: str
    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    stored: int
    offset: int | None


def describe(file: Any, path: str, where: str) -> Dataset | None:
    """What a dataset declares; None where the object is a group.

    Raises:
        UnsafeContent: Its data lie outside the file.
        NotSupported: Its compression needs a plugin.
        Damaged: No weight has its type, or it cannot be opened.
    """
    import h5py

    try:
        thing = h5py.h5o.open(file.id, path.encode())
        if isinstance(thing, h5py.h5g.GroupID):
            return None
        if not isinstance(thing, h5py.h5d.DatasetID):
            raise Damaged(f"{shown(path)!r} is neither a group nor a dataset", where=where)
        plist = thing.get_create_plist()
        _check_storage(plist, path, where)
        dtype = _dtype(thing, path, where)
        shape = tuple(int(n) for n in thing.shape or ())
        width = thing.get_type().get_size()
        plain = not plist.get_nfilters() and dtype != "string" and _native(thing, dtype)
        return Dataset(
            path, shape, dtype, math.prod(shape) * width, int(thing.get_storage_size()),
            _offset(thing, plist) if plain else None,
        )  # fmt: skip
    except (OSError, RuntimeError, TypeError, ValueError, KeyError) as error:
        raise Damaged(
            f"the dataset {shown(path)!r} cannot be opened ({shown(error)})", where=where,
            help="copy the file again from where it was made",
        ) from error  # fmt: skip


def read(file: Any, dataset: Dataset, path: pathlib.Path | None, base: int, where: str) -> Array:
    """The values of a dataset, read-only.

    Large ones that lie in the file as they are come as a memory map, so that they are never held
    twice; ``base`` is where the HDF5 file starts in ``path``.

    Raises:
        Damaged: They cannot be read.
        NotSupported: They are text.
    """
    import numpy as np

    if dataset.dtype == "string":
        raise NotSupported(
            f"the tensor {shown(dataset.path)!r} holds text, no numbers", where=where
        )
    if path is not None and dataset.offset is not None and dataset.nbytes >= MAP_FROM:
        offset = dataset.offset + base
        if offset + dataset.nbytes > path.stat().st_size:
            raise Damaged(f"the dataset {shown(dataset.path)!r} lies beyond the end", where=where)
        return np.memmap(path, _numpy(dataset.dtype), "r", offset, dataset.shape)
    try:
        found = np.asarray(file[dataset.path][()])
    except (OSError, RuntimeError, TypeError, ValueError, MemoryError) as error:
        raise Damaged(
            f"the dataset {shown(dataset.path)!r} cannot be read ({shown(error)})", where=where,
            help="copy the file again from where it was made",
        ) from error  # fmt: skip
    found = _as_named(found, dataset.dtype)
    found.setflags(write=False)
    return found


def _check_storage(plist: Any, path: str, where: str) -> None:
    import h5py

    if plist.get_external_count():
        raise UnsafeContent(
            f"the dataset {shown(path)!r} keeps its data in another file (external storage)",
            where=where, help="a model file holds its own weights; ask its author for one",
        )  # fmt: skip
    if plist.get_layout() == h5py.h5d.VIRTUAL:
        raise UnsafeContent(
            f"the dataset {shown(path)!r} is virtual: its data lie in other files",
            where=where, help="a model file holds its own weights; ask its author for one",
        )  # fmt: skip
    for index in range(plist.get_nfilters()):
        code, _, _, name = plist.get_filter(index)
        if code not in _FILTERS:
            known = _FILTER_NAMES.get(code) or shown(name.decode("utf-8", "replace")) or "unknown"
            raise NotSupported(
                f"the dataset {shown(path)!r} is compressed with the filter {known} ({code})",
                where=where, help="write it again with gzip: h5repack -f GZIP=4 OLD NEW",
            )  # fmt: skip


def _dtype(thing: Any, path: str, where: str) -> str:
    import h5py

    kind = thing.get_type().get_class()
    if kind == h5py.h5t.STRING or h5py.check_string_dtype(thing.dtype) is not None:
        return "string"
    if kind in (h5py.h5t.INTEGER, h5py.h5t.FLOAT) and thing.dtype.kind in "iuf":
        return str(thing.dtype.newbyteorder("=").name)
    if kind == h5py.h5t.ENUM and thing.dtype.kind == "b":
        return "bool"
    # Keras 3 stores bfloat16 as two opaque bytes and says so in an attribute.
    if kind == h5py.h5t.OPAQUE and thing.dtype.itemsize == 2 and _says_bfloat16(thing):
        return "bfloat16"
    raise Damaged(
        f"the dataset {shown(path)!r} is of type {_TYPE_CLASSES.get(kind, thing.dtype)}, "
        "which no weight has", where=where, help="save the model again",
    )  # fmt: skip


def _says_bfloat16(thing: Any) -> bool:
    import h5py

    said = h5py.Dataset(thing).attrs.get("dtype")
    return said in ("bfloat16", b"bfloat16")


def _native(thing: Any, dtype: str) -> bool:
    return dtype == "bfloat16" or bool(thing.dtype.isnative)


def _offset(thing: Any, plist: Any) -> int | None:
    import h5py

    if plist.get_layout() != h5py.h5d.CONTIGUOUS:
        return None
    found = thing.get_offset()
    return None if found is None else int(found)


def _numpy(name: str) -> Any:
    import numpy as np

    if name == "bfloat16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(name)


def _as_named(found: Array, name: str) -> Array:
    wanted = _numpy(name)
    if found.dtype.kind == "V":
        return found.view(wanted)
    return found.astype(wanted, copy=False)

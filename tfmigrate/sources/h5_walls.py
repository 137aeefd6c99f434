"""A walk through an HDF5 file that never leaves it, and that reads no values.

HDF5 has five ways to make one file read another, or read more than there is: soft links, external
links, external storage, virtual datasets and shapes without data. All of them are refused for the
whole file before anything in it is read.
"""

from __future__ import annotations

import contextlib
import functools
import io
import math
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged, NotRecognised, UnsafeContent, shown
from tfmigrate.sources import h5_datasets, h5_header
from tfmigrate.sources.h5_datasets import Dataset

OBJECT_LIMIT = 1_000_000
EACH_LIMIT = 16 * 2**30
TOTAL_RATIO = 1000
TOTAL_FLOOR = 64 * 2**20

_COPY = "copy the file again from where it was made"
_REPACK = "if you trust its author, ask for a plain copy (h5repack, or save it again)"


@dataclass(frozen=True)
class Opened:
    """An open HDF5 file.

    Attributes:
        file: The h5py file.
        where: Its name, for errors.
        path: The file that holds its bytes, None where they are in memory.
        base: Where its bytes start in ``path``.
    """

    file: Any
    where: str
    path: pathlib.Path | None = None
    base: int = 0

    @functools.cached_property
    def links(self) -> dict[str, int]:
        """Every object's path and address, by hard links only.

        Raises:
            UnsafeContent: A soft or an external link.
            Damaged: A group that is reached twice.
        """
        return _links(self.file, self.where)

    @functools.cached_property
    def datasets(self) -> dict[str, Dataset]:
        """Every dataset's path and description, the whole file checked; no values.

        Raises:
            UnsafeContent: Data outside the file, or far more declared than stored.
            Damaged: A type that no weight has.
            NotSupported: A compression that this tool does not read.
        """
        found = {}
        for path in self.links:
            dataset = h5_datasets.describe(self.file, path, self.where)
            if dataset is not None:
                found[path] = dataset
        _check_sizes(found, self.where)
        return found

    def group(self, path: str) -> Any:
        """The group at a path, None where there is none; only hard links are followed."""
        import h5py

        if path not in self.links:
            return None
        try:
            found = self.file[path]
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise Damaged(
                f"{shown(path)!r} cannot be opened ({shown(error)})", where=self.where, help=_COPY
            ) from error
        return found if isinstance(found, h5py.Group) else None


@contextlib.contextmanager
def opened(path: pathlib.Path) -> Iterator[Opened]:
    """Open an HDF5 file for reading.

    Raises:
        Damaged: It is cut, still being written, or cannot be opened.
        NotRecognised: It may not be read.
    """
    h5_header.check_length(path)
    with _open(path, str(path)) as file:
        yield Opened(file, str(path), path)


@contextlib.contextmanager
def opened_stream(stream: io.IOBase, where: str, path: pathlib.Path | None = None, base: int = 0
                  ) -> Iterator[Opened]:  # fmt: skip
    """Open HDF5 bytes that lie inside another file (at ``base`` of ``path``) or in memory.

    Raises:
        Damaged: They are cut or cannot be opened.
    """
    header = stream.read(96)
    if not header.startswith(h5_header.MAGIC):
        raise Damaged("it is not an HDF5 file", where=where, help=_COPY)
    found = stream.seek(0, io.SEEK_END)
    stated = h5_header.stated_length(header, where)
    if found < stated:
        raise Damaged(
            f"it is cut: found {found:,} bytes, its superblock says {stated:,}", where=where,
            help=_COPY,
        )  # fmt: skip
    stream.seek(0)
    with _open(stream, where) as file:
        yield Opened(file, where, path, base)


@contextlib.contextmanager
def _open(source: Any, where: str) -> Iterator[Any]:
    import h5py

    try:
        # best-effort: network file systems without locks still open.
        file = h5py.File(source, "r", locking="best-effort")
    except BlockingIOError as error:
        raise Damaged(
            "another program has the file open for writing", where=where,
            help="wait until it is written, or copy it",
        ) from error  # fmt: skip
    except PermissionError as error:
        raise NotRecognised("it cannot be read: no permission", where=where) from error
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise Damaged(
            f"HDF5 cannot open it ({shown(error)})", where=where, help=_COPY
        ) from error  # fmt: skip
    with file:
        yield file


def _links(file: Any, where: str) -> dict[str, int]:
    import h5py

    found: dict[str, int] = {}
    unsafe: list[str] = []

    def visit(name: bytes, info: Any) -> bool | None:
        text = _name(name, where)
        if info.type != h5py.h5l.TYPE_HARD:
            unsafe.append(text)
        found[text] = int(info.u)
        return True if unsafe or len(found) > OBJECT_LIMIT else None

    try:
        root = int(h5py.h5o.get_info(file.id).addr)
        file.id.links.visit(visit, info=True)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise Damaged(f"its groups cannot be read ({shown(error)})", where=where, help=_COPY) \
            from error  # fmt: skip
    if unsafe:
        raise UnsafeContent(
            f"{shown(unsafe[0])!r} is a soft or external link, and could lead out of the file",
            where=where, help=_REPACK,
        )  # fmt: skip
    if len(found) > OBJECT_LIMIT:
        raise UnsafeContent(f"it holds more than {OBJECT_LIMIT:,} objects", where=where)
    _check_cycles(file, found, root, where)
    return found


def _name(name: bytes, where: str) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damaged(f"the name {shown(name)} is not UTF-8", where=where, help=_COPY) from error


def _check_cycles(file: Any, found: dict[str, int], root: int, where: str) -> None:
    import h5py

    first: dict[int, str] = {root: "/"}
    for path, address in found.items():
        other = first.setdefault(address, path)
        if other == path:
            continue
        if other == "/" or h5py.h5o.get_info(file.id, path.encode()).type == h5py.h5o.TYPE_GROUP:
            raise Damaged(
                f"the groups {shown(other)!r} and {shown(path)!r} are one and the same",
                where=where, help=_REPACK,
            )  # fmt: skip


def _check_sizes(found: dict[str, Dataset], where: str) -> None:
    for path, dataset in found.items():
        if dataset.nbytes > EACH_LIMIT:
            raise UnsafeContent(
                f"the dataset {shown(path)!r} declares {dataset.nbytes:,} bytes, "
                f"more than the limit of {EACH_LIMIT:,}", where=where,
            )  # fmt: skip
    declared = sum(d.nbytes for d in found.values())
    stored = sum(d.stored for d in found.values())
    if declared > max(TOTAL_FLOOR, TOTAL_RATIO * stored):
        largest = max(found, key=lambda p: math.prod(found[p].shape))
        raise UnsafeContent(
            f"its datasets declare {declared:,} bytes, but only {stored:,} are stored "
            f"(the largest is {shown(largest)!r})", where=where,
            help="a file like this fills the memory of whoever reads it; ask its author",
        )  # fmt: skip

"""Reading members of a zip archive without unpacking it, and without trusting its directory."""

from __future__ import annotations

import contextlib
import io
import pathlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from tfmigrate.errors import Damaged, NotSupported, UnsafeContent, shown

MAGIC = b"PK\x03\x04"
MEMBER_LIMIT = 10_000
RATIO = 100
RATIO_FLOOR = 64 * 2**20
SIZE_LIMIT = 16 * 2**30

_COPY = "copy or download it again"
_CHUNK = 2**20


@contextlib.contextmanager
def opened(path: pathlib.Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive, every entry of its directory checked first.

    Raises:
        Damaged: It is cut, or two members have one name.
        NotSupported: It is encrypted, or compressed in a way no Keras uses.
        UnsafeContent: It has too many members, names that leave the folder, links, or it would
            grow beyond all measure.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, struct.error) as error:
        raise Damaged(
            f"the zip archive is cut or damaged ({shown(error)}); found "
            f"{path.stat().st_size:,} bytes", where=str(path), help=_COPY,
        ) from error  # fmt: skip
    with archive:
        _check(archive, str(path))
        yield archive


def read(archive: zipfile.ZipFile, name: str, limit: int, where: str) -> bytes:
    """A whole member, its checksum checked.

    Raises:
        Damaged: It is larger than ``limit`` bytes, or damaged.
    """
    if archive.getinfo(name).file_size > limit:
        raise Damaged(f"the member {name} has more than {limit:,} bytes", where=where)
    with _errors(name, where), archive.open(name) as file:
        found = file.read(limit + 1)
        if len(found) > limit:
            raise Damaged(f"the member {name} has more than {limit:,} bytes", where=where)
        return found


def member(archive: zipfile.ZipFile, name: str, path: pathlib.Path) -> tuple[io.IOBase, int | None]:
    """A member as a seekable stream, its checksum checked, and where it starts in the archive.

    A member that is stored as it is stays in the archive's file, without a copy; the start is None
    for a compressed one.

    Raises:
        Damaged: Its bytes do not fit its checksum.
    """
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        return io.BytesIO(read(archive, name, SIZE_LIMIT, str(path))), None
    with _errors(name, str(path)), archive.open(name) as file:
        while file.read(_CHUNK):
            pass  # zipfile compares the checksum at the end
    start = _start(path, info)
    return _Region(path.open("rb"), start, info.file_size), start


def _check(archive: zipfile.ZipFile, where: str) -> None:
    members = archive.infolist()
    if len(members) > MEMBER_LIMIT:
        raise UnsafeContent(f"it has {len(members):,} members, more than {MEMBER_LIMIT:,}",
                            where=where)  # fmt: skip
    seen: set[str] = set()
    for info in members:
        name = info.filename
        if name in seen:
            raise Damaged(f"two members are called {shown(name)!r}; readers would disagree on it",
                          where=where, help="save the model again")  # fmt: skip
        seen.add(name)
        _check_member(info, where)
    whole, packed = sum(i.file_size for i in members), sum(i.compress_size for i in members)
    if whole > SIZE_LIMIT or whole > max(RATIO_FLOOR, RATIO * packed):
        raise UnsafeContent(f"it would grow from {packed:,} to {whole:,} bytes", where=where,
                            help="no model grows like this; ask its author")  # fmt: skip


def _check_member(info: zipfile.ZipInfo, where: str) -> None:
    name = info.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
        raise UnsafeContent(f"the member {shown(name)!r} points out of the archive", where=where,
                            help="no Keras writes such a name; ask its author")  # fmt: skip
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnsafeContent(f"the member {shown(name)!r} is a symbolic link", where=where)
    if info.flag_bits & 0x1:
        raise NotSupported(
            f"the member {shown(name)!r} is encrypted", where=where,
            help="unpack it with its password and pack it again without",
        )  # fmt: skip
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotSupported(f"the member {shown(name)!r} is compressed by method "
                           f"{info.compress_type}", where=where,
                           help="pack the archive again with plain zip")  # fmt: skip


@contextlib.contextmanager
def _errors(name: str, where: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Damaged(f"the member {shown(name)} is damaged ({shown(error)})", where=where,
                      help=_COPY) from error  # fmt: skip


def _start(path: pathlib.Path, info: zipfile.ZipInfo) -> int:
    # The lengths of name and extra field may differ between the directory and the member itself.
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
    return int(info.header_offset + 30 + name + extra)


class _Region(io.RawIOBase):
    """Part of a file, as a file."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = max(0, min(len(buffer), self._size - self._at))
        self._file.seek(self._start + self._at)
        found = self._file.read(count)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()

"""Files and folders forced to disk, with the modes that the umask gives."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def settle(folder: Path) -> None:
    """Force everything under ``folder`` to disk, and give it the modes of the umask.

    Raises:
        OSError: The disk is full or broken, or there is something that is no file and no folder.
    """
    umask = umask_of_process()
    for root, folders, files in os.walk(folder, topdown=False):
        links = [f for f in folders if os.path.islink(os.path.join(root, f))]
        for name in [*files, *links]:
            _settle_one(Path(root, name), 0o666 & ~umask)
        _settle_one(Path(root), 0o777 & ~umask)


def sync_folder(path: Path) -> None:
    """Force the entries of one folder to disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def umask_of_process() -> int:
    """The umask, without the moment in which os.umask() would have changed it for every thread."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _settle_one(path: Path, mode: int) -> None:
    # O_NONBLOCK: opening a FIFO would wait for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    try:
        was = os.fstat(descriptor).st_mode
        if not (stat.S_ISREG(was) or stat.S_ISDIR(was)):
            raise OSError(errno.EINVAL, "neither a file nor a folder", str(path))
        os.fchmod(descriptor, mode | (was & stat.S_ISGID))
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder and say so; fsync(2).
        if error.errno != errno.EINVAL or not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise

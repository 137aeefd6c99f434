"""Renames that never overwrite, and exchanges: one system call each, where there is one."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100
_NOREPLACE, _EXCHANGE = 1, 2
# What file systems and kernels without the flags answer (NFS, 9p, some FUSE).
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


class NoSuchRename(Exception):
    """This file system or system has no NOREPLACE or EXCHANGE."""


def move_to_nothing(source: Path, target: Path) -> None:
    """Rename ``source`` to ``target``, where nothing may be.

    Raises:
        FileExistsError: Something is at ``target``, an empty folder included.
        NoSuchRename: Not available here.
    """
    _renameat2(source, target, _NOREPLACE)


def exchange(one: Path, other: Path) -> None:
    """Swap what is at two paths, in one step.

    Raises:
        FileNotFoundError: Nothing is at one of them.
        NoSuchRename: Not available here.
    """
    _renameat2(one, other, _EXCHANGE)


def _renameat2(source: Path, target: Path, flags: int) -> None:
    code = _system_call(os.fsencode(source), os.fsencode(target), flags)
    if code in _UNSUPPORTED:
        raise NoSuchRename(os.strerror(code))
    if code:
        raise OSError(code, os.strerror(code), str(source), None, str(target))


def _system_call(source: bytes, target: bytes, flags: int) -> int:
    """The errno of ``renameat2(2)``, 0 when it did it."""
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return errno.ENOSYS
    done = function(_AT_FDCWD, source, _AT_FDCWD, target, ctypes.c_uint(flags))
    return ctypes.get_errno() if done else 0

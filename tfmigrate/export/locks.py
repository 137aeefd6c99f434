"""Lock files that die with their process, so that a live run can be told from a killed one."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def take(path: Path, create: bool = True) -> int | None:
    """An open descriptor of ``path`` with an exclusive lock on it, None while another holds it.

    Raises:
        FileNotFoundError: The folder is gone, or the file is and may not be created.
    """
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if create else 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    if _is(descriptor, path):
        return descriptor
    os.close(descriptor)  # somebody removed the file between open and lock
    return None


@contextlib.contextmanager
def waiting(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``; wait for it, and remove it afterwards."""
    descriptor = _wait(path)
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        os.close(descriptor)


def _wait(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            os.close(descriptor)
            raise
        if _is(descriptor, path):
            return descriptor
        os.close(descriptor)


def _is(descriptor: int, path: Path) -> bool:
    try:
        there = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)

"""Find out which walls around this process really hold, by running against each of them.

The canary is a folder outside of everything a worker may reach, made by the fork server: as a
process without walls may read it and write to it, a refusal is the wall's doing.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import resource
import socket
from collections.abc import Callable
from dataclasses import dataclass

from tfmigrate.workers.limits import CANARY_FILE, Limits
from tfmigrate.workers.walls import allowed

_DENIED = (errno.EACCES, errno.EPERM)
_PR_GET_DUMPABLE = 3
_MAP_NORESERVE = 0x4000  # mmap.MAP_NORESERVE, new in Python 3.11
_SLACK = 64 * 1024 * 1024


@dataclass(frozen=True)
class Surroundings:
    """What the fork server tells a worker about where it is.

    Attributes:
        server: The process that watches it.
        deadline: Whether that one will kill it in time.
        canary: The folder to run against, "" where none could be made.
        gpu: Whether it may see the devices.
    """

    server: int
    deadline: bool
    canary: str
    gpu: bool = False


def probe(limits: Limits, around: Surroundings) -> tuple[dict[str, bool], tuple[str, ...]]:
    """What holds (True: the wall stands), and what could not be found out."""
    files, notes = _probe_files(limits, around)
    found = {
        **files,
        "connect": _connect_is_denied(),
        "memory": _memory_is_limited(limits),
        "core dumps": _core_dumps_are_off(),
        "time": around.deadline and os.getppid() == around.server,
    }
    return found, notes


def _probe_files(limits: Limits, around: Surroundings) -> tuple[dict[str, bool], tuple[str, ...]]:
    unknown = {"write outside": False, "read outside": False}
    if not around.canary:
        return unknown, ("files: not probed, there is no folder for a canary",)
    reachable = (os.path.realpath(path) for path, _ in allowed(limits, gpu=around.gpu))
    if any(os.path.commonpath([path, around.canary]) == path for path in reachable):
        return unknown, (f"files: not probed, the worker was given {around.canary}",)
    return {
        "write outside": _is_denied(lambda: _write(f"{around.canary}/{os.getpid()}")),
        "read outside": _is_denied(lambda: _read(f"{around.canary}/{CANARY_FILE}")),
    }, ()


def _is_denied(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno in _DENIED
    return False


def _write(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)


def _read(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def _connect_is_denied() -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
            attempt.setblocking(False)
            return attempt.connect_ex(("127.0.0.1", 9)) in _DENIED
    except PermissionError:
        return True


def _memory_is_limited(limits: Limits) -> bool:
    if limits.memory is None:
        return False
    size = limits.memory + _SLACK
    try:
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE
        mmap.mmap(-1, size, flags=flags, prot=mmap.PROT_READ).close()
    except OSError as error:
        return error.errno == errno.ENOMEM
    return False


def _core_dumps_are_off() -> bool:
    dumpable = ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)
    return resource.getrlimit(resource.RLIMIT_CORE)[0] == 0 and dumpable != 1

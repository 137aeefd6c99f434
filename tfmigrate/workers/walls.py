"""The walls that a worker raises around itself before its task sees a byte of a model."""

from __future__ import annotations

import ctypes
import glob
import os
import resource
import sys
from collections.abc import Iterator

from tfmigrate.errors import EnvironmentProblem
from tfmigrate.workers import landlock
from tfmigrate.workers.limits import Limits

NAMES = ("landlock", "memory", "core dumps", "file size")

_OPEN_FILES = 4096
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm",
    "/sys/devices/system", "/sys/fs/cgroup", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip


def build_walls(limits: Limits, *, gpu: bool = False) -> tuple[str, ...]:
    """Raise the walls around this process; there is no way back.

    Returns:
        What could not be had, for people.

    Raises:
        EnvironmentProblem: The system refused a wall that it has.
    """
    try:
        os.chdir(limits.write[0] if limits.write else "/")
        _limit_resources(limits)
        prctl(_PR_SET_NO_NEW_PRIVS, 1)
        return () if "landlock" in limits.without else _restrict(limits, gpu)
    except OSError as error:
        raise EnvironmentProblem(f"a worker could not raise its walls: {error}") from error


def allowed(limits: Limits, *, gpu: bool = False) -> Iterator[tuple[str, int]]:
    """Every path that a worker may reach, with its Landlock rights."""
    interpreter = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    for path in (*sorted(interpreter), *(p for p in sys.path if os.path.isabs(p)), *_SYSTEM):
        yield path, landlock.READ
    for path in limits.read:
        yield path, landlock.READ
    devices = glob.glob("/dev/nvidia*") if gpu else []
    for path in (*limits.write, "/dev/null", *devices):
        yield path, landlock.WRITE


def address_space() -> int:
    """Bytes of address space that this process has now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def prctl(option: int, argument: int) -> None:
    """Set something about this process that Python has no function for.

    Raises:
        OSError: The kernel refuses.
    """
    function = ctypes.CDLL(None, use_errno=True).prctl
    arguments = (ctypes.c_ulong(a) for a in (argument, 0, 0, 0))
    if function(ctypes.c_int(option), *arguments) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {argument})")


def _limit_resources(limits: Limits) -> None:
    if "core dumps" not in limits.without:
        _lower(resource.RLIMIT_CORE, 0)
        # A core_pattern that is a pipe ignores the limit (core(5)); not dumpable it obeys.
        prctl(_PR_SET_DUMPABLE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    if limits.file_size is not None and "file size" not in limits.without:
        _lower(resource.RLIMIT_FSIZE, limits.file_size)
    if limits.memory is not None and "memory" not in limits.without:
        _lower(resource.RLIMIT_AS, address_space() + limits.memory)


def _lower(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _restrict(limits: Limits, gpu: bool) -> tuple[str, ...]:
    version = landlock.abi()
    if version == 0:
        return ("this kernel has no Landlock: files and network are not fenced off",)
    landlock.restrict(allowed(limits, gpu=gpu), version)
    if version < 4:
        return (f"this kernel's Landlock (ABI {version}) cannot fence off the network",)
    return ()

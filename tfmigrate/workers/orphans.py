"""Processes that a worker started, and that outlive it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection

from tfmigrate.workers.walls import prctl

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 0.5  # seconds; one that forks faster than it is killed needs a cgroup, not this


def adopt() -> None:
    """Become the parent of what this process's children leave behind."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def bury(keep: Collection[int]) -> None:
    """Kill and reap every child of this process but those in ``keep``."""
    until = time.monotonic() + _PATIENCE
    while _has_children() and time.monotonic() < until:
        rest = [pid for pid in _children() if pid not in keep]
        if not rest:
            return
        for pid in rest:
            os.kill(pid, signal.SIGKILL)  # ours and not reaped: the number is still its own
        time.sleep(0.001)
        for pid in rest:
            os.waitpid(pid, os.WNOHANG)


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _children() -> list[int]:
    """Children of this process; /proc/self/task/*/children is not in every kernel."""
    own = os.getpid()
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if _parent(pid) == own]


def _parent(pid: int) -> int:
    """The parent of a process; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            after_name = file.read().rpartition(b")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(after_name.split()[1])

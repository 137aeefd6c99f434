"""Fork workers and watch them: their end, their deadline, whether anybody still wants them.

One thread. A worker is killed with its whole process group and with what has escaped from that.
"""

from __future__ import annotations

import contextlib
import math
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from tfmigrate.errors import EnvironmentProblem, TfmigrateError
from tfmigrate.workers import orphans
from tfmigrate.workers.messages import Channel
from tfmigrate.workers.probe import Surroundings
from tfmigrate.workers.walls import prctl
from tfmigrate.workers.worker import serve_task

LIFELINE = 0  # stdin: a pipe that the parent holds open as long as it lives
_KEPT_OUTPUT = 16 * 1024  # has to fit the socket's buffer: nobody may be reading yet
_PR_SET_PDEATHSIG = 1


@dataclass(eq=False)
class _Job:
    """A worker that is alive, and what is known of it."""

    pid: int
    status: Channel
    output: int | None
    deadline: float
    stopped: str = ""
    tail: bytearray = field(default_factory=bytearray)

    def kill(self, why: str) -> None:
        """Kill it and its process group; why is told to the parent."""
        self.stopped = self.stopped or why
        self.deadline = math.inf
        for kill in (os.kill, os.killpg):  # it may not have its own group yet
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)

    def read_output(self) -> bool:
        """Keep the last of what it prints; False when there is no more at the moment."""
        if self.output is None:
            return False
        try:
            chunk = os.read(self.output, 65536)
        except BlockingIOError:
            return False
        self.tail += chunk
        del self.tail[:-_KEPT_OUTPUT]
        return bool(chunk)


class Supervisor:
    """Forks a worker for each request that comes over ``control``.

    Args:
        control: A packet per request: JSON with ``seconds``, and two sockets: messages, status.
        around: What workers are told about where they are.
        problem: Why no worker can be had; every request is answered with it.
        verbose: What workers print goes to the user.
    """

    def __init__(
        self,
        control: socket.socket,
        around: Surroundings,
        problem: TfmigrateError | None,
        *,
        verbose: bool,
    ) -> None:
        self._control = control
        self._around = around
        self._problem = problem
        self._verbose = verbose
        self._jobs: set[_Job] = set()
        self._alive = True
        self._events = selectors.PollSelector()
        self._wakeups = _wakeups()

    def serve(self) -> None:
        """Until the parent is gone; then no worker is left."""
        orphans.adopt()
        self._watch(self._wakeups, self._look_for_the_dead)
        self._watch(LIFELINE, self._stop)
        self._watch(self._control.fileno(), self._accept)
        while self._alive:
            for key, _ in self._events.select(self._patience()):
                if self._events.get_map().get(key.fd) is key:  # not gone through one before it
                    key.data()
            self._expire()
        for job in self._jobs:
            job.kill("stopped")
        orphans.bury(keep=())

    def _watch(self, fd: int, react: Callable[[], object]) -> None:
        self._events.register(fd, selectors.EVENT_READ, react)

    def _forget(self, fd: int) -> None:
        if fd in self._events.get_map():
            self._events.unregister(fd)

    def _patience(self) -> float | None:
        nearest = min((job.deadline for job in self._jobs), default=math.inf)
        return None if nearest == math.inf else max(0.0, min(nearest - time.monotonic(), 3600.0))

    def _expire(self) -> None:
        now = time.monotonic()
        for job in self._jobs:
            if job.deadline <= now:
                job.kill("deadline")

    def _stop(self) -> None:
        self._alive = False

    def _accept(self) -> None:
        request, fds, _, _ = socket.recv_fds(self._control, 4096, 2)
        if not request:
            self._stop()
            return
        channel, status = fds[0], Channel(fds[1])
        try:
            if self._problem is not None:
                raise self._problem
            self._start(channel, status, float(request))
        except TfmigrateError as error:
            _tell(status, {"problem": error.to_dict()})
            status.close()
        except OSError as error:
            problem = EnvironmentProblem(f"a worker cannot be started: {error}")
            _tell(status, {"problem": problem.to_dict()})
            status.close()
        finally:
            os.close(channel)

    def _start(self, channel: int, status: Channel, seconds: float) -> None:
        reader, writer = (None, 2) if self._verbose else os.pipe()
        pid = os.fork()
        if pid == 0:
            around = replace(self._around, deadline=math.isfinite(seconds))
            _become_worker(channel, writer, around)
        if reader is not None:
            os.close(writer)
            os.set_blocking(reader, False)
        job = _Job(pid, status, reader, time.monotonic() + seconds)
        self._jobs.add(job)
        self._watch(status.fileno(), lambda: self._unwanted(job))
        if reader is not None:
            self._watch(reader, lambda: self._listen(job))

    def _listen(self, job: _Job) -> None:
        if not job.read_output() and job.output is not None:
            self._forget(job.output)

    def _unwanted(self, job: _Job) -> None:
        """The parent never sends anything over status: readable means that it has hung up."""
        self._forget(job.status.fileno())
        job.kill("stopped")

    def _look_for_the_dead(self) -> None:
        os.read(self._wakeups, 4096)
        for job in list(self._jobs):
            # Not pidfd: RHEL 8 has none. Not reaped yet, so that its group's number stays its own.
            if os.waitid(os.P_PID, job.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self._finish(job)

    def _finish(self, job: _Job) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(job.pid, signal.SIGKILL)  # what it started; itself is dead, not yet reaped
        _, code = os.waitpid(job.pid, 0)
        self._jobs.remove(job)
        orphans.bury(keep={other.pid for other in self._jobs})
        while job.read_output():
            pass
        _tell(job.status, _ending(job, code))
        self._forget(job.status.fileno())
        job.status.close()
        if job.output is not None:
            self._forget(job.output)
            os.close(job.output)


def _wakeups() -> int:
    """A descriptor that becomes readable whenever a child dies."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _ending(job: _Job, code: int) -> dict[str, Any]:
    return {
        "exit": os.WEXITSTATUS(code) if os.WIFEXITED(code) else None,
        "signal": os.WTERMSIG(code) if os.WIFSIGNALED(code) else None,
        "stopped": job.stopped,
        "output": job.tail.decode(errors="replace"),
    }


def _tell(status: Channel, message: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # nobody wants to know
        status.send(message)


def _become_worker(channel: int, output: int, around: Surroundings) -> NoReturn:
    """In the child: leave everything of the server's behind, and serve one task."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != around.server:  # it died before the line above
            os._exit(code)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for old, new in ((nothing, 0), (output, 1), (output, 2), (channel, 3)):
            os.dup2(old, new)
        for name in os.listdir("/proc/self/fd"):
            if int(name) > 3:
                with contextlib.suppress(OSError):  # the listing's own
                    os.close(int(name))
        serve_task(Channel(3), around)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing may run on into the server's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

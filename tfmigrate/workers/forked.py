"""Workers from the fork server (Linux): the parent's end of it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from typing import Any

from tfmigrate.errors import EnvironmentProblem
from tfmigrate.workers.environment import command, environment
from tfmigrate.workers.limits import CANARY_FILE, Limits
from tfmigrate.workers.messages import Channel

_LAST_OUTPUT = 16 * 1024
_PATIENCE = struct.pack("ll", 300, 0)  # timeval: for sending, while TensorFlow is imported
_GOODBYE = 0.5  # seconds for the server to kill its workers itself


class ForkedLine:
    """The way to one forked worker: its messages, and what the server says of it."""

    def __init__(self, channel: Channel, status: socket.socket, server: ForkServer) -> None:
        self.channel = channel
        self._status = status
        self._server = server

    def ending(self, deadline: float) -> dict[str, Any] | None:
        """How the worker ended; None when the server is dead, too."""
        status = Channel(os.dup(self._status.fileno()))
        try:
            ending = status.receive(deadline)
        finally:
            status.close()
        return {"stopped": "closed"} if ending is None and self._server.closed else ending

    def kill(self) -> None:
        """Hang up; the server then kills the worker, and still says how it ended."""
        with contextlib.suppress(OSError):  # already closed
            self._status.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Give the descriptors back."""
        self.channel.close()
        self._status.close()

    def server_output(self) -> str:
        """The last of what the fork server has printed."""
        return self._server.output()


class ForkServer:
    """A fork server in a process, session and process group of its own.

    Its stdin is a pipe that only this process holds open: when this process ends, however it
    ends, the server and its workers do, too.

    Args:
        preload: Modules it imports.
        gpu: Whether workers may see GPUs.
        verbose: What it prints goes to stderr.
        path: Further folders to import from.

    Raises:
        EnvironmentProblem: The process cannot be started.
    """

    def __init__(
        self, preload: tuple[str, ...], *, gpu: bool, verbose: bool, path: tuple[str, ...]
    ) -> None:
        self.closed = False
        self._lock = threading.Lock()
        self._canary = os.path.join(_free_folder(), f"tfmigrate-canary-{os.urandom(8).hex()}")
        self._output = os.memfd_create("tfmigrate") if not verbose else None
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {
            "control": theirs.fileno(),
            "preload": preload,
            "canary": self._canary,
            "gpu": gpu,
            "verbose": verbose,
        }
        output = (
            sys.__stderr__.fileno() if self._output is None and sys.__stderr__ else self._output
        )
        try:
            self._process = subprocess.Popen(
                command("tfmigrate.workers.server", json.dumps(options), path),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=(theirs.fileno(),),
                env=environment(gpu=gpu, verbose=verbose),
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise EnvironmentProblem(f"Python cannot be started: {error}") from error
        finally:
            theirs.close()

    def start(self, limits: Limits) -> ForkedLine:
        """A new worker, forked as soon as the server has imported what it should."""
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _PATIENCE)
        status, report = socket.socketpair()
        with theirs, report, self._lock, contextlib.suppress(BrokenPipeError, ConnectionError):
            seconds = repr(float(limits.seconds)).encode()
            socket.send_fds(self._control, [seconds], [theirs.fileno(), report.fileno()])
        return ForkedLine(Channel(ours.detach()), status, self)

    def output(self) -> str:
        """The last of what the server has printed; "" where that went to the user."""
        if self._output is None:
            return ""
        size = os.fstat(self._output).st_size
        start = max(0, size - _LAST_OUTPUT)
        return os.pread(self._output, _LAST_OUTPUT, start).decode(errors="replace")

    def close(self) -> None:
        """Kill the server and its workers, and wait for them; at most about a second."""
        with self._lock:
            self.closed = True
            self._control.close()
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(_GOODBYE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            with contextlib.suppress(OSError):  # the server has done it, unless it was killed
                os.unlink(f"{self._canary}/{CANARY_FILE}")
                os.rmdir(self._canary)
            if self._output is not None:
                os.close(self._output)
                self._output = None


def _free_folder() -> str:
    """A folder for the canary that no worker is ever given: not where people keep models."""
    candidates = ("/dev/shm", os.environ.get("TMPDIR", ""), "/tmp", "/var/tmp")
    return next((c for c in candidates if c and os.access(c, os.W_OK | os.X_OK)), "/tmp")

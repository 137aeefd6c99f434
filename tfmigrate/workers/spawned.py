"""Workers where there is no fork server (not Linux): spawned, slow, without walls; untested there.

Parent and worker talk over the worker's stdin and stdout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from typing import IO, Any

from tfmigrate import lazy
from tfmigrate.workers.environment import command, environment
from tfmigrate.workers.keras_block import block_keras
from tfmigrate.workers.limits import Limits
from tfmigrate.workers.messages import Channel
from tfmigrate.workers.worker import serve_task


class SpawnedLine:
    """The way to one spawned worker, and the clock that it runs against."""

    def __init__(self, process: subprocess.Popen[bytes], output: IO[bytes], limits: Limits) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.channel = Channel(os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno()))
        process.stdout.close()
        process.stdin.close()
        self._process = process
        self._output = output
        self._stopped = ""
        self._clock = threading.Timer(min(limits.seconds, 1e6), self._stop, ("deadline",))
        self._clock.daemon = True
        self._clock.start()

    def ending(self, deadline: float) -> dict[str, Any] | None:
        """How the worker ended."""
        code = self._process.wait()
        self._output.seek(0)
        return {
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "stopped": self._stopped,
            "output": self._output.read().decode(errors="replace"),
        }

    def kill(self) -> None:
        """Kill the worker."""
        self._stop("stopped")

    def close(self) -> None:
        """Give the descriptors back."""
        self._clock.cancel()
        self.channel.close()
        self._output.close()

    def server_output(self) -> str:
        """Nothing: there is no server."""
        return ""

    def _stop(self, why: str) -> None:
        if self._process.poll() is None:
            self._stopped = self._stopped or why
            self._process.kill()


class Spawner:
    """Starts every worker from scratch."""

    def __init__(
        self, preload: tuple[str, ...], *, gpu: bool, verbose: bool, path: tuple[str, ...]
    ) -> None:
        self._preload = preload
        self._path = path
        self._verbose = verbose
        self._environment = environment(gpu=gpu, verbose=verbose)
        self._lines: list[SpawnedLine] = []

    def start(self, limits: Limits) -> SpawnedLine:
        """A new worker, which imports what it should and then waits for its order."""
        output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the line
        process = subprocess.Popen(
            command("tfmigrate.workers.spawned", json.dumps(self._preload), self._path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if self._verbose else output,
            env=self._environment,
        )
        line = SpawnedLine(process, output, limits)
        self._lines.append(line)
        return line

    def close(self) -> None:
        """Kill every worker that is left, and wait for it."""
        for line in self._lines:
            line.kill()
            line._process.wait()


def main(options: str) -> None:
    """The worker's side: import what ``options`` (JSON) lists, then serve one task."""
    if sys.platform == "win32":
        import msvcrt

        for fd in (0, 1):
            msvcrt.setmode(fd, os.O_BINARY)
    channel = Channel(os.dup(0), os.dup(1))
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    block_keras()
    for module in json.loads(options):
        lazy.load(module)
    serve_task(channel, None)

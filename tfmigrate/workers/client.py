"""The parent's side: start workers, answer their questions, take their results.

Imports neither TensorFlow nor h5py, and starts in a few milliseconds. Linux is what is tested;
elsewhere every worker is spawned, slowly and without walls (``spawned``).
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from types import TracebackType
from typing import Any, Protocol

from tfmigrate.errors import shown
from tfmigrate.results import Walls
from tfmigrate.workers.endings import Scene, WorkerBug, outcome_of, problem_of_death
from tfmigrate.workers.limits import Limits
from tfmigrate.workers.messages import BadMessage, Channel, TooLate

__all__ = ["Limits", "Server", "Worker", "WorkerBug"]

_STARTUP = 300.0  # seconds until a server has imported TensorFlow, on the slowest of disks
_GRACE = 10.0  # seconds that the fork server has for killing and telling, before we stop waiting
_LINGERING = 2.0  # seconds between a worker's last message and its end
_LONGEST = 10.0**6

Answers = Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]
_NO_ANSWERS: Answers = {}


class Line(Protocol):
    """The way to one worker."""

    channel: Channel

    def ending(self, deadline: float) -> dict[str, Any] | None:
        """How the worker ended; None when nobody knows."""

    def kill(self) -> None:
        """Kill the worker and all it started."""

    def close(self) -> None:
        """Give the descriptors back."""

    def server_output(self) -> str:
        """What was printed by the process that starts workers."""


class Backend(Protocol):
    """What starts workers on this system."""

    def start(self, limits: Limits) -> Line:
        """A new worker, waiting for its order."""

    def close(self) -> None:
        """Kill everything that is left, and wait for it."""


class Worker:
    """One worker and its task.

    Attributes:
        walls: What a probe inside the worker found; known after :meth:`result`, also when that
            raised.
    """

    def __init__(self, line: Line, name: str, limits: Limits) -> None:
        self.walls = Walls(notes=("the worker ended before it looked at its walls",))
        self._line = line
        self._scene = Scene(name, limits)
        self._deadline = time.monotonic() + min(limits.seconds, _LONGEST) + _STARTUP
        self._outcome: dict[str, Any] | Exception | None = None

    def result(
        self,
        answers: Answers = _NO_ANSWERS,
        progress: Callable[[dict[str, Any]], None] | None = None,
    ) -> dict[str, Any]:
        """Wait for the task's result; meanwhile answer its questions.

        Args:
            answers: For each kind of question the function that answers it.
            progress: Is told ``{"step", "done", "total"}``.

        Raises:
            TfmigrateError: The task raised it.
            WorkerDied: The worker was killed, crashed, or ran into a limit.
            WorkerBug: The task raised anything else.
        """
        if self._outcome is None:
            self._outcome = self._scene.died("was stopped on request")  # if this is interrupted
            try:
                self._outcome = self._wait(answers, progress)
            finally:
                self.kill()
                self._line.close()
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def kill(self) -> None:
        """Kill the worker and all it started; harmless when it has ended."""
        self._line.kill()

    def _wait(
        self, answers: Answers, progress: Callable[[dict[str, Any]], None] | None
    ) -> dict[str, Any] | Exception:
        try:
            end = self._serve(answers, progress)
            ending = self._ended(self._deadline if end is None else time.monotonic() + _LINGERING)
        except TooLate:
            return self._scene.died("does not answer, nor does the process that watches it")
        except BadMessage as error:
            return self._scene.died(f"sent something that is no message: {error}")
        if end is None:
            return problem_of_death(ending, self._scene, self._line.server_output())
        return outcome_of(end, self._scene)

    def _ended(self, deadline: float) -> dict[str, Any] | None:
        """How it ended; from here on it writes nothing any more."""
        with contextlib.suppress(TooLate):
            return self._line.ending(deadline)
        self.kill()
        return self._line.ending(time.monotonic() + _GRACE)

    def _serve(
        self, answers: Answers, progress: Callable[[dict[str, Any]], None] | None
    ) -> dict[str, Any] | None:
        """Everything up to the message that ends the task; None: it ended without one."""
        while (message := self._line.channel.receive(self._deadline)) is not None:
            if "walls" in message and not self.walls.found:  # later ones would be the task's
                self.walls = Walls(message["walls"], tuple(message["notes"]))
            elif "progress" in message:
                report = _progress(message["progress"])
                self._scene = replace(self._scene, step=report["step"])
                if progress is not None:
                    progress(report)
            elif "ask" in message:
                self._answer(message, answers)
            else:
                return message
        return None

    def _answer(self, message: dict[str, Any], answers: Answers) -> None:
        if message["ask"] not in answers:
            raise WorkerBug(f"the {self._scene.name} worker asks {message['ask']!r}, to no avail")
        answer = answers[message["ask"]](message["data"])
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its end will be told
            self._line.channel.send(answer)


def _progress(report: Any) -> dict[str, Any]:
    try:
        step, done, total = report["step"], report["done"], report["total"]
        return {"step": shown(step), "done": int(done), "total": int(total)}
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessage(f"a report of progress that is none: {error!r}") from error


class Server:
    """Starts workers; a context manager. Several threads may use it.

    Returns at once; the import of ``preload`` goes on in the background.

    Args:
        preload: Modules to import once; ``tensorflow`` (without any Keras) or nothing.
        gpu: Workers see the GPUs; there is no memory limit then, CUDA reserves too much.
        verbose: What TensorFlow and the tasks print goes to stderr.
        path: Folders to import tasks from, besides those of this process.
    """

    def __init__(
        self,
        preload: tuple[str, ...] = (),
        *,
        gpu: bool = False,
        verbose: bool = False,
        path: tuple[str, ...] = (),
    ) -> None:
        self._backend: Backend
        if sys.platform == "linux":
            from tfmigrate.workers.forked import ForkServer as Chosen
        else:
            from tfmigrate.workers.spawned import Spawner as Chosen
        self._backend = Chosen(preload, gpu=gpu, verbose=verbose, path=path)
        self._gpu = gpu

    def start(self, task: str, payload: dict[str, Any], limits: Limits) -> Worker:
        """Start a worker.

        Args:
            task: ``package.module:function``, called as ``function(payload, parent)``.
            payload: JSON.
            limits: What it may use.

        Raises:
            EnvironmentProblem: No process can be started.
        """
        if self._gpu:
            limits = replace(limits, memory=None)
        order = {"task": task, "payload": payload, "limits": asdict(limits)}
        line = self._backend.start(limits)
        # A server that has died says why through the line, when the result is asked for.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            line.channel.send(order)
        return Worker(line, task.partition(":")[0].rpartition(".")[2], limits)

    def close(self) -> None:
        """Kill everything that is left, and wait for it."""
        self._backend.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

"""The worker's side: raise the walls, look at them, run one task, say how it ended."""

from __future__ import annotations

import errno
import os
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any

from tfmigrate import lazy
from tfmigrate.errors import TfmigrateError
from tfmigrate.workers.limits import Limits
from tfmigrate.workers.messages import OUT_OF_MEMORY, BadMessage, Channel

_PROGRESS_EVERY = 0.05
_SHORT_OF = {
    errno.ENOMEM: "memory",
    errno.EFBIG: "file size",
    errno.ENOSPC: "disk",
    errno.EDQUOT: "disk",
}


class Parent:
    """The process that started this worker, as its task sees it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._step, self._said = "", 0.0

    def ask(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """Ask the parent something and wait for the answer.

        Raises:
            ConnectionError: The parent is gone.
        """
        with self._lock:
            self._channel.send({"ask": kind, "data": data})
            answer = self._channel.receive()
        if answer is None:
            raise ConnectionError("the process that started this worker is gone")
        return answer

    def progress(self, step: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done; calls that follow each other closely are left out."""
        now = time.monotonic()
        if step == self._step and done != total and now - self._said < _PROGRESS_EVERY:
            return
        self._step, self._said = step, now
        with self._lock:
            self._channel.send({"progress": {"step": step, "done": done, "total": total}})


def serve_task(channel: Channel, around: Any) -> None:
    """Run the one task that the parent orders over ``channel``.

    Args:
        channel: The way to the parent.
        around: The :class:`~tfmigrate.workers.probe.Surroundings`; None where there are no walls.
    """
    order = channel.receive()
    if order is None:
        return
    try:
        _report(channel, _run(order, channel, around))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _run(order: dict[str, Any], channel: Channel, around: Any) -> dict[str, Any]:
    try:
        task = lazy.load(order["task"])
        channel.send(_raise_walls(Limits.from_dict(order["limits"]), around))
        result = task(order["payload"], Parent(channel))
        if not isinstance(result, dict):
            raise TypeError(f"{order['task']} returned a {type(result).__name__}, not a dict")
        return {"result": result}
    except TfmigrateError as error:
        return {"error": error.to_dict()}
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent has to be told
        return _failure(error)


def _raise_walls(limits: Limits, around: Any) -> dict[str, Any]:
    if around is None:
        return {"walls": {"time": True}, "notes": ["this system is not Linux: no walls, untested"]}
    from tfmigrate.workers.probe import probe
    from tfmigrate.workers.walls import build_walls

    missing = build_walls(limits, gpu=around.gpu)
    found, unknown = probe(limits, around)
    return {"walls": found, "notes": [*missing, *unknown]}


def _report(channel: Channel, end: dict[str, Any]) -> None:
    try:
        channel.send(end)
    except (TypeError, ValueError, BadMessage) as error:
        channel.send(_failure(error))


def _failure(error: BaseException) -> dict[str, Any]:
    """How a task ended that raised something that is not for the user."""
    for cause in _causes(error):
        if short_of := _short_of(cause):
            return {"short": short_of, "why": str(cause)[:2000]}
    return {"bug": "".join(traceback.format_exception(error))}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _short_of(error: BaseException) -> str:
    """What it was short of, "" when that was not its trouble."""
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, OSError):
        return _SHORT_OF.get(error.errno or 0, "")
    # tf.errors.ResourceExhaustedError, by name: TensorFlow is not imported for the question.
    if type(error).__name__ == "OutOfRangeError" and "File too large" in str(error):
        return "file size"
    if type(error).__name__ == "ResourceExhaustedError":
        return "disk" if "No space left" in str(error) else "memory"
    return ""

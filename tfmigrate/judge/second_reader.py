"""The library's own loader as a witness beside the rebuild: asked, waited for, sent home."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from tfmigrate.errors import TfmigrateError, shown
from tfmigrate.workers.client import WorkerBug

Answers = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]


class SecondReader:
    """One reader of the same file in a worker of its own, and the thread that listens to it.

    It loads while the model is rebuilt, answers the probes layer by layer once they are decided,
    and answers them again in a graph where only rounding is left to explain a difference.

    Attributes:
        excuse: Why it is no witness, "" while it is one.
        who: What it is called.
    """

    def __init__(self, excuse: str, who: str = "the library's own loader") -> None:
        self.excuse, self.who = excuse, who
        self._probes: dict[str, Any] = {}
        self._again: dict[str, Any] = {}
        self._decided = threading.Event()  # the probes, or that there is nothing to ask
        self._answered = threading.Event()
        self._judged = threading.Event()  # whether it is asked again
        self._listening: Future[None] | None = None

    def start(self, pool: ThreadPoolExecutor, ask: Callable[[Answers], Any]) -> None:
        """Let it load; ``ask`` runs its worker with the answers to the worker's questions."""
        if not self.excuse:
            self._listening = pool.submit(self._listen, ask)

    def decide(self, probes: dict[str, Any], excuse: str) -> None:
        """Say what it is asked, or why it is no witness after all."""
        self.excuse = self.excuse or excuse
        self._probes = probes
        self._decided.set()

    def has_answered(self) -> bool:
        """Whether it has answered the probes; waits until that is known."""
        if self._listening is not None:
            self._answered.wait()
        return not self.excuse

    def answers_again(self, asked: dict[str, Any]) -> bool:
        """Whether it has answered the probes once more, in a graph."""
        self._again = asked
        self.end()
        return not self.excuse

    def end(self) -> None:
        """Send it home and wait until it has gone; what it found of its walls is known then."""
        self.dismiss()
        if self._listening is not None:
            self._listening.result()

    def dismiss(self) -> None:
        """It is not needed any more, whatever it waits for."""
        self._decided.set()
        self._judged.set()

    def _listen(self, ask: Callable[[Answers], Any]) -> None:
        try:
            ask({"probes": self._when_decided, "again": self._when_judged})
        except TfmigrateError as error:
            self._excused(f"{self.who} did not answer: {shown(error.what, 160)}")
        except WorkerBug as error:  # whatever it raises is no bug of ours
            last = " ".join(str(error).strip().splitlines()[-1:])
            self._excused(f"{self.who} failed: {shown(last, 160)}")
        finally:
            self._answered.set()

    def _excused(self, why: str) -> None:
        self.excuse = self.excuse or why

    def _when_decided(self, _: dict[str, Any]) -> dict[str, Any]:
        self._decided.wait()
        return {} if self.excuse else self._probes

    def _when_judged(self, _: dict[str, Any]) -> dict[str, Any]:
        self._answered.set()
        self._judged.wait()
        return self._again

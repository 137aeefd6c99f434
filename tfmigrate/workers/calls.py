"""The workers that one run calls: started, listened to, killed together."""

from __future__ import annotations

import time
from typing import Any

from tfmigrate.options import Progress
from tfmigrate.results import Walls
from tfmigrate.workers.client import Answers, Worker
from tfmigrate.workers.crew import Crew, Room


class Calls:
    """The workers of one run, and what was found about them.

    Attributes:
        walls: What each kind of worker found around itself.
        seconds: How long each kind took.
    """

    def __init__(self, crew: Crew, progress: Progress) -> None:
        self.progress = progress
        self.walls: dict[str, Walls] = {}
        self.seconds: dict[str, float] = {}
        self._crew = crew
        self._workers: list[Worker] = []

    def ask(
        self, task: str, payload: dict[str, Any], room: Room, answers: Answers | None = None
    ) -> dict[str, Any]:
        """Start a worker, answer its questions, and wait for its result.

        Raises:
            TfmigrateError: What it found, or what ended it.
        """
        start = time.monotonic()
        worker = self._crew.start(task, payload, room)
        self._workers.append(worker)
        try:
            return worker.result(answers or {}, self._heard)
        finally:
            self.walls[task] = worker.walls
            self.seconds[task] = time.monotonic() - start

    def kill(self) -> None:
        """Kill all of them; nobody wants their answers any more."""
        for worker in self._workers:
            worker.kill()

    def _heard(self, progress: dict[str, Any]) -> None:
        self.progress(progress["step"], progress["done"], progress["total"])

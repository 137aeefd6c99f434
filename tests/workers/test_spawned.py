"""The way that other systems take, as far as Linux can tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tfmigrate.errors import Damaged, WorkerDied
from tfmigrate.workers.client import Limits, Server
from tfmigrate.workers.spawned import Spawner


@pytest.fixture
def spawning(tasks_folder: str) -> Iterator[Server]:
    server = Server()
    server.close()
    server._backend = Spawner((), gpu=False, verbose=False, path=(tasks_folder,))
    with server:
        yield server


def test_a_task_with_questions(spawning: Server) -> None:
    worker = spawning.start("tasks:ask", {"times": 3}, Limits(seconds=20))
    assert worker.result({"double": lambda d: {"number": 2 * d["number"]}}) == {"total": 6}
    assert worker.walls.found == {"time": True}
    assert worker.walls.notes == ("this system is not Linux: no walls, untested",)


def test_errors_come_through(spawning: Server) -> None:
    with pytest.raises(Damaged, match="cut off"):
        spawning.start("tasks:damaged", {}, Limits(seconds=20)).result()


def test_a_crash_and_a_deadline(spawning: Server) -> None:
    with pytest.raises(WorkerDied, match="SIGABRT"):
        spawning.start("tasks:abort", {}, Limits(seconds=20)).result()
    with pytest.raises(WorkerDied, match="took longer than 1 s"):
        spawning.start("tasks:spin", {}, Limits(seconds=1)).result()

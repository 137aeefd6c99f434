from __future__ import annotations

import math
from pathlib import Path

import pytest

from tfmigrate.errors import WorkerDied
from tfmigrate.workers import landlock
from tfmigrate.workers.client import Limits, Server, WorkerBug
from tfmigrate.workers.walls import NAMES

ALL = {"write outside", "read outside", "connect", "memory", "core dumps", "time"}


def test_all_walls_are_found(server: Server) -> None:
    worker = server.start("tasks:nothing", {}, Limits(memory=1 << 30))
    worker.result()
    standing = {name for name, stands in worker.walls.found.items() if stands}
    assert worker.walls.found.keys() == ALL
    if landlock.abi() >= 4:
        assert (standing, worker.walls.notes) == (ALL, ())


def test_no_walls_are_found_where_there_are_none(server: Server) -> None:
    worker = server.start("tasks:nothing", {}, Limits(without=NAMES, seconds=math.inf))
    worker.result()
    assert worker.walls.found == dict.fromkeys(ALL, False)


def test_a_canary_that_the_worker_was_given_proves_nothing(server: Server) -> None:
    worker = server.start("tasks:nothing", {}, Limits(read=("/",)))
    worker.result()
    assert not worker.walls.found["read outside"]
    assert worker.walls.notes[0].startswith("files: not probed, the worker was given /")


def test_the_canary_goes_with_the_server(tasks_folder: str) -> None:
    with Server(path=(tasks_folder,)) as server:
        server.start("tasks:nothing", {}, Limits(seconds=20)).result()
        canary = Path(server._backend._canary)  # type: ignore[attr-defined]
        assert [file.name for file in canary.iterdir()] == ["canary"]
    assert not canary.exists()


def test_walls_are_known_after_an_error(server: Server) -> None:
    worker = server.start("tasks:abort", {}, Limits(seconds=20))
    with pytest.raises(WorkerDied):
        worker.result()
    assert worker.walls.found["time"]


def test_a_task_cannot_lie_about_its_walls(server: Server) -> None:
    worker = server.start("tasks:lie_about_walls", {}, Limits(without=("landlock",), seconds=20))
    with pytest.raises(WorkerBug, match="a message that is none"):
        worker.result()
    assert not worker.walls.found["connect"]

"""Whatever happens to one of the processes, none of the others is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tfmigrate.errors import WorkerDied
from tfmigrate.workers.client import Limits, Server
from tfmigrate.workers.environment import import_paths

PARENT = """
import sys
sys.path[:0] = {paths!r}
from tfmigrate.workers.client import Limits, Server
with Server({preload!r}, path=({folder!r},)) as server:
    worker = server.start("tasks:{task}", {{"spin": True}}, Limits(seconds=20))
    print(server._backend._canary, flush=True)
    worker.result(progress=lambda report: print(report["step"], flush=True))
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def family_of(pid: int) -> set[int]:
    """The processes descended from ``pid``."""
    parents = {}
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
        except (OSError, ValueError):
            continue
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family - {pid}


def all_gone(pids: Iterable[int], seconds: float) -> bool:
    """Whether all of them end within that time."""
    until = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


Starter = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_parent(tasks_folder: str) -> Iterator[Starter]:
    """Starts programs that have started a worker; none of them outlives the test."""
    with contextlib.ExitStack() as stack:

        def start(task: str, preload: tuple[str, ...] = ()) -> subprocess.Popen[str]:
            names = {"paths": import_paths(), "folder": tasks_folder}
            program = PARENT.format(preload=preload, task=task, **names)
            parent = subprocess.Popen(
                [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(parent)
            stack.callback(parent.kill)
            return parent

        yield start


def canary_of(parent: subprocess.Popen[str]) -> Path:
    """The first line that it prints, as soon as the worker is ordered."""
    assert parent.stdout is not None
    return Path(parent.stdout.readline().strip())


def wait_for(parent: subprocess.Popen[str], line: str) -> None:
    assert parent.stdout is not None
    assert line in iter(parent.stdout.readline, ""), "the parent ended before that"


@pytest.mark.parametrize(
    ("task", "line", "count"), [("spin", "spinning\n", 2), ("escape", "escaped\n", 3)]
)
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_the_parent(
    start_parent: Starter, task: str, line: str, count: int, ending: signal.Signals
) -> None:
    parent = start_parent(task)
    canary = canary_of(parent)
    wait_for(parent, line)
    family = family_of(parent.pid)
    assert len(family) == count
    assert canary.is_dir()
    parent.send_signal(ending)
    assert parent.wait(1.0) == -ending
    assert all_gone(family, 1.0)
    assert not canary.exists()


def test_nothing_outlives_a_parent_that_is_killed_during_the_import(start_parent: Starter) -> None:
    parent = start_parent("nothing", preload=("slow_to_import",))
    canary_of(parent)
    time.sleep(0.4)  # it takes 60 s
    family = family_of(parent.pid)
    assert len(family) == 1
    parent.kill()
    assert all_gone(family, 1.0)


def test_closing_kills_all_within_a_second(tasks_folder: str) -> None:
    others = family_of(os.getpid())  # servers of other tests in this process
    server = Server(path=(tasks_folder,))
    workers = [server.start("tasks:spin", {}, Limits(seconds=20)) for _ in range(3)]
    server.start("tasks:nothing", {}, Limits(seconds=20)).result()
    family = family_of(os.getpid()) - others
    assert len(family) >= 4
    before = time.monotonic()
    server.close()
    server.close()
    assert time.monotonic() - before < 1.0
    assert all_gone(family, 0.1)
    for worker in workers:
        with pytest.raises(WorkerDied, match="was stopped on request"):
            worker.result()


def test_closing_does_not_wait_for_an_import(tasks_folder: str) -> None:
    server = Server(("slow_to_import",), path=(tasks_folder,))
    worker = server.start("tasks:nothing", {}, Limits(seconds=20))
    time.sleep(0.3)
    before = time.monotonic()
    server.close()
    assert time.monotonic() - before < 0.4
    with pytest.raises(WorkerDied, match="was stopped on request"):
        worker.result()


def test_workers_die_with_a_killed_server(tasks_folder: str) -> None:
    with Server(path=(tasks_folder,)) as server:
        worker = server.start("tasks:spin", {}, Limits(seconds=20))
        found = server.start("tasks:surroundings", {}, Limits(seconds=20)).result()
        family = family_of(found["server"])
        assert family
        os.kill(found["server"], signal.SIGKILL)
        with pytest.raises(WorkerDied, match="the process that starts workers has died"):
            worker.result()
        assert all_gone(family, 0.5)
        with pytest.raises(WorkerDied, match="the process that starts workers has died"):
            server.start("tasks:nothing", {}, Limits(seconds=20)).result()


@pytest.mark.parametrize("spin", [False, True], ids=["result", "deadline"])
def test_what_a_worker_leaves_behind_is_killed(tasks_folder: str, spin: bool) -> None:
    with Server(path=(tasks_folder,)) as server:
        found = server.start("tasks:surroundings", {}, Limits(seconds=20)).result()
        other = server.start("tasks:spin_until", {"seconds": 0.6}, Limits(seconds=20))
        worker = server.start("tasks:escape", {"spin": spin}, Limits(seconds=0.3))
        if spin:
            with pytest.raises(WorkerDied, match="took longer"):
                worker.result()
        else:
            worker.result()
        assert len(family_of(found["server"])) == 1
        assert other.result() == {}


def test_a_worker_that_nobody_waits_for_is_killed(tasks_folder: str) -> None:
    with Server(path=(tasks_folder,)) as server:
        found = server.start("tasks:surroundings", {}, Limits(seconds=20)).result()
        worker = server.start("tasks:spin", {}, Limits(seconds=20))
        server.start("tasks:nothing", {}, Limits(seconds=20)).result()
        family = family_of(found["server"])
        assert len(family) == 1
        del worker
        assert all_gone(family, 1.0)


def test_a_worker_is_alone(tasks_folder: str) -> None:
    with Server(path=(tasks_folder,)) as server:
        other = server.start("tasks:spin_until", {"seconds": 0.3}, Limits(seconds=20))
        found = server.start("tasks:surroundings", {}, Limits(seconds=20)).result()
        other.result()
    assert found["group"] == found["pid"]
    assert found["server's group"] == found["server"]  # Ctrl-C in a terminal does not reach it
    assert found["stdin"] == "/dev/null"
    assert found["descriptors"] == [0, 1, 2, 3]
    assert found["cwd"] == "/"

from __future__ import annotations

import math
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from tfmigrate.errors import EnvironmentProblem, WorkerDied
from tfmigrate.workers import landlock
from tfmigrate.workers.client import Limits, Server, Worker

MB = 1 << 20
needs_landlock = pytest.mark.skipif(landlock.abi() < 1, reason="this kernel has no Landlock")
needs_network_rules = pytest.mark.skipif(landlock.abi() < 4, reason="Landlock before ABI 4")
needs_scopes = pytest.mark.skipif(landlock.abi() < 6, reason="Landlock before ABI 6")
with_and_without = pytest.mark.parametrize("stands", [True, False], ids=["wall", "no wall"])


def run(
    server: Server, task: str, payload: dict[str, Any], stands: bool, wall: str, **limits: Any
) -> tuple[dict[str, Any], Worker]:
    given = Limits(seconds=20, without=() if stands else (wall,), **limits)
    worker = server.start(f"tasks:{task}", payload, given)
    return worker.result(), worker


@needs_landlock
@with_and_without
def test_a_worker_cannot_write_outside(server: Server, tmp_path: Path, stands: bool) -> None:
    file = tmp_path / "outside"
    result, worker = run(server, "write", {"file": str(file)}, stands, "landlock")
    assert result == {"error": "EACCES" if stands else ""}
    assert file.exists() is not stands
    assert worker.walls.found["write outside"] is stands


@needs_landlock
@with_and_without
@pytest.mark.parametrize("file", ["/etc/passwd", "outside"])
def test_a_worker_cannot_read_outside(
    server: Server, tmp_path: Path, file: str, stands: bool
) -> None:
    outside = tmp_path / file
    if file == "outside":
        outside.write_text("secret")
    result, worker = run(server, "read", {"file": str(outside)}, stands, "landlock")
    assert result == {"error": "EACCES" if stands else ""}
    assert worker.walls.found["read outside"] is stands


@needs_network_rules
@with_and_without
def test_a_worker_cannot_connect(server: Server, stands: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        result, worker = run(server, "connect", {"port": port}, stands, "landlock")
    assert result == {"error": "EACCES" if stands else ""}
    assert worker.walls.found["connect"] is stands


@needs_landlock
@with_and_without
def test_a_worker_cannot_start_programs(server: Server, stands: bool) -> None:
    result, _ = run(server, "execute", {}, stands, "landlock")
    assert result["status"] == (13 if stands else 0)


@needs_scopes
@with_and_without
def test_a_worker_cannot_signal_others(server: Server, stands: bool) -> None:
    result, _ = run(server, "interrupt", {"pid": os.getpid()}, stands, "landlock")
    assert result == {"error": "EPERM" if stands else ""}


@with_and_without
def test_a_worker_cannot_have_more_memory(server: Server, stands: bool) -> None:
    payload = {"bytes": 500 * MB}
    result, worker = run(server, "map_memory", payload, stands, "memory", memory=200 * MB)
    assert result == {"error": "ENOMEM" if stands else ""}
    assert worker.walls.found["memory"] is stands


def test_a_worker_has_the_memory_it_was_promised(server: Server) -> None:
    result, _ = run(server, "map_memory", {"bytes": 190 * MB}, True, "", memory=200 * MB)
    assert result == {"error": ""}


@with_and_without
def test_a_worker_leaves_no_core_dump(server: Server, stands: bool) -> None:
    result, worker = run(server, "core_dumps", {}, stands, "core dumps")
    assert (result["dumpable"] == 0) is stands
    assert worker.walls.found["core dumps"] is stands
    if stands:
        assert (result["soft"], result["hard"]) == (0, 0)


@with_and_without
def test_a_worker_cannot_write_large_files(server: Server, tmp_path: Path, stands: bool) -> None:
    payload = {"file": str(tmp_path / "large"), "size": 2 * MB}
    result, _ = run(
        server, "write", payload, stands, "file size", file_size=MB, write=(str(tmp_path),)
    )
    assert result == {"error": "EFBIG" if stands else ""}


@with_and_without
def test_a_worker_cannot_spin_for_ever(server: Server, stands: bool) -> None:
    limits = Limits(seconds=0.3 if stands else math.inf)
    worker = server.start("tasks:spin_until", {"seconds": 0.8}, limits)
    if stands:
        with pytest.raises(WorkerDied, match=r"took longer than 0\.3 s"):
            worker.result()
    else:
        assert worker.result() == {}
    assert worker.walls.found["time"] is stands


@needs_landlock
def test_a_worker_may_read_what_it_was_given(server: Server, tmp_path: Path) -> None:
    given, beside = tmp_path / "given", tmp_path / "beside"
    for file in (given, beside):
        file.write_text("weights")
    limits = Limits(read=(str(given),))
    assert server.start("tasks:read", {"file": str(given)}, limits).result() == {"error": ""}
    result = server.start("tasks:read", {"file": str(beside)}, limits).result()
    assert result == {"error": "EACCES"}
    result = server.start("tasks:write", {"file": str(tmp_path / "new")}, limits).result()
    assert result == {"error": "EACCES"}


@needs_landlock
def test_a_worker_may_do_everything_in_a_folder_it_may_write(
    server: Server, tmp_path: Path
) -> None:
    limits = Limits(write=(str(tmp_path),))
    result = server.start("tasks:change", {"folder": str(tmp_path)}, limits).result()
    assert result == {"text": ""}
    assert server.start("tasks:surroundings", {}, limits).result()["cwd"] == str(tmp_path)


def test_a_folder_that_is_not_there_is_said(server: Server, tmp_path: Path) -> None:
    limits = Limits(write=(str(tmp_path / "gone"),))
    with pytest.raises(EnvironmentProblem, match=r"could not raise its walls: .*gone"):
        server.start("tasks:nothing", {}, limits).result()


def test_few_files_can_be_open(server: Server) -> None:
    result = server.start("tasks:surroundings", {}, Limits()).result()
    assert result["open files"] <= 4096

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from tfmigrate.errors import WorkerDied
from tfmigrate.workers.client import Limits, Server, WorkerBug
from tfmigrate.workers.environment import import_paths

QUICK = Limits(seconds=20)


def double(data: dict[str, Any]) -> dict[str, Any]:
    return {"number": 2 * data["number"]}


def test_a_worker_asks_and_is_answered(server: Server) -> None:
    worker = server.start("tasks:ask", {"times": 50}, QUICK)
    assert worker.result({"double": double}) == {"total": 2450}


def test_a_question_that_nobody_answers_is_a_bug_of_ours(server: Server) -> None:
    with pytest.raises(WorkerBug, match="asks 'double'"):
        server.start("tasks:ask", {"times": 1}, QUICK).result()


def test_an_answer_that_fails_ends_the_worker(server: Server) -> None:
    worker = server.start("tasks:ask", {"times": 1}, QUICK)
    with pytest.raises(ZeroDivisionError):
        worker.result({"double": lambda data: {"number": 1 // 0}})
    with pytest.raises(Exception, match="was stopped on request"):
        worker.result({"double": double})


def test_progress_names_each_step_and_its_end(server: Server) -> None:
    seen: list[dict[str, Any]] = []
    server.start("tasks:progress", {"times": 5000}, QUICK).result(progress=seen.append)
    assert seen[0] == {"step": "counting", "done": 1, "total": 5000}
    assert {"step": "counting", "done": 5000, "total": 5000} in seen
    assert seen[-1] == {"step": "done", "done": 0, "total": 0}
    assert len(seen) < 500


def test_a_result_can_be_had_twice(server: Server) -> None:
    worker = server.start("tasks:hello", {"a": 1}, QUICK)
    assert worker.result() == worker.result() == {"heard": {"a": 1}}


def test_messages_may_be_large(server: Server) -> None:
    worker = server.start("tasks:large", {"size": 5_000_000, "text": "y" * 5_000_000}, QUICK)
    result = worker.result()
    assert (len(result["text"]), result["got"]) == (5_000_000, 5_000_000)


def test_several_workers_at_a_time(server: Server) -> None:
    server.start("tasks:nothing", {}, QUICK).result()
    before = time.monotonic()
    workers = [server.start("tasks:spin_until", {"seconds": 0.4}, QUICK) for _ in range(4)]
    for worker in reversed(workers):
        worker.result()
    assert time.monotonic() - before < 1.2


def test_several_threads_at_a_time(server: Server) -> None:
    results: list[dict[str, Any]] = []

    def use(number: int) -> None:
        for _ in range(5):
            worker = server.start("tasks:hello", {"n": number}, QUICK)
            results.append(worker.result())

    threads = [threading.Thread(target=use, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(r["heard"]["n"] for r in results) == sorted([0, 1, 2, 3] * 5)


def test_a_server_outlives_the_thread_that_started_it(tasks_folder: str) -> None:
    servers: list[Server] = []
    thread = threading.Thread(target=lambda: servers.append(Server(path=(tasks_folder,))))
    thread.start()
    thread.join()
    with servers[0] as server:
        assert server.start("tasks:nothing", {}, QUICK).result() == {}


def test_a_server_returns_at_once(tasks_folder: str) -> None:
    before = time.monotonic()
    with Server(("slow_to_import",), path=(tasks_folder,)) as server:
        server.start("tasks:nothing", {}, QUICK)
        assert time.monotonic() - before < 0.5


def test_the_first_answer_of_a_light_server_is_fast(tasks_folder: str) -> None:
    ratios = []
    for _ in range(4):
        started = time.monotonic()
        subprocess.run([sys.executable, "-c", ""], check=True)
        bare = time.monotonic()
        with Server(path=(tasks_folder,)) as server:
            server.start("tasks:nothing", {}, QUICK).result()
        ratios.append((time.monotonic() - bare) / (bare - started))
    assert min(ratios) < 15  # 0.1 s, where Python itself takes 0.015 s


def test_the_parent_imports_neither_tensorflow_nor_h5py(tasks_folder: str) -> None:
    program = f"""
import sys
from tfmigrate.workers.client import Limits, Server
with Server(path=({tasks_folder!r},)) as server:
    server.start("tasks:nothing", {{}}, Limits(seconds=20)).result()
heavy = ("tensorflow", "h5py", "keras", "tf_keras", "numpy", "pydantic", "rich", "click")
print([name for name in heavy if name in sys.modules])
"""
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {import_paths()!r}\n{program}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_what_workers_print_does_not_reach_the_user(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    server.start("tasks:print_much", {}, QUICK).result()
    with pytest.raises(Exception, match="the last words"):
        server.start("tasks:print_much", {"die": True}, QUICK).result()
    assert capfd.readouterr() == ("", "")


def test_a_result_that_nobody_fetches_blocks_no_other(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tfmigrate.workers.client._STARTUP", 1)
    chatty = server.start("tasks:print_much", {"die": True}, QUICK)
    time.sleep(0.3)
    assert server.start("tasks:nothing", {}, Limits(seconds=2)).result() == {}
    with pytest.raises(WorkerDied, match="the last words"):
        chatty.result()


def test_what_workers_print_reaches_stderr_when_asked_for(
    tasks_folder: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with Server(verbose=True, path=(tasks_folder,)) as server:
        server.start("tasks:print_much", {}, QUICK).result()
    out, err = capfd.readouterr()
    assert out == ""
    assert err.endswith("\nthe last words\nto stdout\n")


def test_a_server_that_does_nothing_is_not_waited_for(
    tasks_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tfmigrate.workers.client._STARTUP", 0.5)
    with Server(path=(tasks_folder,)) as server:
        found = server.start("tasks:surroundings", {}, QUICK).result()
        worker = server.start("tasks:spin", {}, Limits(seconds=0.2))
        os.kill(found["server"], signal.SIGSTOP)
        with pytest.raises(WorkerDied, match="does not answer"):
            worker.result()

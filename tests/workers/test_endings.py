"""Every way in which a worker can end is one exception, and none is a hang."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tfmigrate.errors import Damaged, EnvironmentProblem, Problem, WorkerDied
from tfmigrate.workers.client import Limits, Server, WorkerBug
from tfmigrate.workers.messages import LARGEST

MB = 1 << 20


def run(server: Server, task: str, payload: dict[str, Any] | None = None, **limits: Any) -> Any:
    limits = {"seconds": 20, **limits}
    return server.start(f"tasks:{task}", payload or {}, Limits(**limits)).result()


def test_a_result(server: Server) -> None:
    assert run(server, "hello", {"a": [1, None, "ü"]}) == {"heard": {"a": [1, None, "ü"]}}
    assert run(server, "nothing") == {}


def test_an_error_for_the_user_comes_through_whole(server: Server) -> None:
    with pytest.raises(Damaged) as caught:
        run(server, "damaged")
    error = caught.value
    assert (error.what, error.where, error.help) == ("cut off", "f", "h")
    assert error.problems == (Problem("ends early", where="w", nearest=("a",)),)


def test_any_other_exception_is_a_bug_of_ours(server: Server) -> None:
    with pytest.raises(WorkerBug) as caught:
        run(server, "bug")
    assert 'raise KeyError("conv1")' in str(caught.value)
    assert "KeyError: 'conv1'" in str(caught.value)


@pytest.mark.parametrize("task", ["no_json", "no_dict"])
def test_a_result_that_is_no_json_object_is_a_bug_of_ours(server: Server, task: str) -> None:
    with pytest.raises(WorkerBug, match="TypeError"):
        run(server, task)


def test_an_unknown_task_is_a_bug_of_ours(server: Server) -> None:
    with pytest.raises(WorkerBug, match="no_such"):
        run(server, "no_such")


def test_a_segfault(server: Server) -> None:
    with pytest.raises(WorkerDied) as caught:
        run(server, "segfault")
    assert caught.value.what == (
        "the tasks worker was ended by SIGSEGV at the step `reading weights`"
    )
    assert "damaged" in caught.value.help


def test_an_abort_quotes_the_last_lines(server: Server) -> None:
    with pytest.raises(WorkerDied, match="ended by SIGABRT") as caught:
        run(server, "abort", {"say": "first\nF0000 Check failed: dim >= 0 \x1b[31m\n"})
    quoted = [problem.what for problem in caught.value.problems]
    assert quoted == ["it last printed: first",
                      "it last printed: F0000 Check failed: dim >= 0 \\x1b[31m"]  # fmt: skip


def test_an_exit_without_a_result(server: Server) -> None:
    with pytest.raises(WorkerDied, match=r"ended without a result \(exit status 0\)"):
        run(server, "leave", {"status": 0})


def test_a_hang(server: Server) -> None:
    before = time.monotonic()
    with pytest.raises(WorkerDied, match=r"took longer than 0\.2 s .* at the step `spinning`"):
        run(server, "spin", seconds=0.2)
    assert time.monotonic() - before < 2


def test_a_stopped_process_is_a_hang(server: Server) -> None:
    with pytest.raises(WorkerDied, match=r"took longer than 0\.2 s"):
        run(server, "stop_itself", seconds=0.2)


def test_killed_from_outside(server: Server) -> None:
    worker = server.start("tasks:spin", {}, Limits(seconds=20))
    pid = []
    ask = server.start("tasks:surroundings", {}, Limits()).result()["server"]
    pid = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _parent(p) == ask]
    os.kill(*pid, signal.SIGKILL)
    with pytest.raises(WorkerDied, match="ended by SIGKILL"):
        worker.result()


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def test_killed_by_us(server: Server) -> None:
    worker = server.start("tasks:spin", {}, Limits(seconds=20))
    worker.kill()
    with pytest.raises(WorkerDied, match="was stopped on request"):
        worker.result()


def test_too_little_memory_names_the_limit_and_the_option(server: Server) -> None:
    with pytest.raises(WorkerDied) as caught:
        run(server, "allocate", {"bytes": 500 * MB}, memory=100 * MB)
    assert "needed more than the 0.0977 GiB of memory it may use" in caught.value.what
    assert "--memory SIZE" in caught.value.help


def test_an_abort_for_lack_of_memory_names_the_option(server: Server) -> None:
    said = {"say": "terminate called after throwing an instance of 'std::bad_alloc'\n"}
    with pytest.raises(WorkerDied, match="needed more than the 2 GiB") as caught:
        run(server, "abort", said, memory=2 << 30)
    assert "--memory 4GB" in caught.value.help
    with pytest.raises(WorkerDied, match="SIGABRT"):
        run(server, "abort", said)


def test_no_memory_left_even_for_a_message(server: Server) -> None:
    with pytest.raises(WorkerDied, match="needed more than the 2 GiB"):
        run(server, "leave", {"status": 71}, memory=2 << 30)


def test_too_large_a_file_names_the_limit(server: Server, tmp_path: Path) -> None:
    payload = {"file": str(tmp_path / "large"), "size": 2 * MB}
    with pytest.raises(WorkerDied, match="wrote a file of more than the 1048576 bytes"):
        run(server, "write_more_than_allowed", payload, file_size=MB, write=(str(tmp_path),))


def test_a_message_that_is_too_large_is_a_bug_of_ours(server: Server) -> None:
    with pytest.raises(WorkerBug, match=f"the most is {LARGEST}"):
        run(server, "large", {"size": LARGEST})


@pytest.mark.parametrize(
    ("hexadecimal", "what"),
    [
        ("ffffffff", "a message of 4294967295 bytes"),
        ("00000002" + b"{]".hex(), "not JSON"),
        ("00000002" + b"[]".hex(), "a list, not an object"),
        ("000186a0" + (b"[" * 100_000).hex(), "not JSON"),
        ("00000100" + b"{}".hex(), "took longer"),
    ],
    ids=["huge", "not JSON", "a list", "deep", "cut off"],
)
def test_garbage_instead_of_messages(server: Server, hexadecimal: str, what: str) -> None:
    with pytest.raises(WorkerDied, match=what):
        run(server, "garbage", {"hex": hexadecimal}, seconds=0.5)


@pytest.mark.parametrize("report", [{}, {"step": 1, "done": "x", "total": 0}, 7])
def test_a_report_of_progress_that_is_none(server: Server, report: Any) -> None:
    with pytest.raises(WorkerDied, match="a report of progress that is none"):
        run(server, "wrong_report", {"progress": report})


@pytest.mark.parametrize("end", [{"error": {"error": "Exception"}}])
def test_an_end_that_is_none(server: Server, end: Any) -> None:
    before = time.monotonic()
    with pytest.raises(WorkerBug, match="a message that is none"):
        run(server, "wrong_report", end)
    assert time.monotonic() - before < 5  # it does not end by itself


def test_a_package_that_is_missing_is_said_to_every_worker() -> None:
    with Server(("no_such_package_here",)) as server:
        for _ in range(2):
            with pytest.raises(EnvironmentProblem) as caught:
                run(server, "nothing")
            assert caught.value.what == "the package no_such_package_here is not installed"


def test_a_package_that_is_broken_is_said(tasks_folder: str) -> None:
    broken = Server(("broken_to_import",), path=(tasks_folder,))
    with broken as server, pytest.raises(EnvironmentProblem, match="half an installation"):
        run(server, "nothing")

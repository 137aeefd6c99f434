"""The one thing a light server cannot show: workers forked from an imported TensorFlow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfmigrate.errors import WorkerDied
from tfmigrate.workers.client import Limits, Server

GIB = 1 << 30


@pytest.fixture(scope="module")
def warm(tasks_folder: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    monkeypatch = pytest.MonkeyPatch()
    # Keras would take its defaults from a keras.json; and fail, as workers may not read it.
    home = tmp_path_factory.mktemp("home")
    (home / ".keras").mkdir()
    (home / ".keras" / "keras.json").write_text('{"floatx": "float64"}')
    monkeypatch.setenv("HOME", str(home))
    with Server(("tensorflow",), path=(tasks_folder,)) as server:
        server.start("tasks:nothing", {}, Limits(seconds=20)).result()
        yield server
    monkeypatch.undo()


def test_a_worker_has_tensorflow_and_no_keras(warm: Server) -> None:
    found = warm.start("tensorflow_tasks:run_a_graph", {}, Limits(memory=2 * GIB)).result()
    assert found["sum"] == 10.0
    assert found["keras modules"] == []
    assert found["imports"] == {"keras": False, "tf_keras": False}


def test_the_block_can_be_lifted(warm: Server, tmp_path: Path) -> None:
    limits = Limits(memory=2 * GIB, write=(str(tmp_path),))
    worker = warm.start("tensorflow_tasks:save_a_model", {"folder": str(tmp_path)}, limits)
    assert worker.result() == {"tf_keras": [1, 3], "keras": "tensorflow", "floatx": "float32"}
    assert all(worker.walls.found.values()), worker.walls.notes
    payload = {"folder": str(tmp_path / "model")}
    limits = Limits(memory=2 * GIB, read=(str(tmp_path),))
    assert warm.start("tensorflow_tasks:load_a_model", payload, limits).result() == {
        "shape": [2, 3],
        "keras modules": [],
    }
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_tensor_that_is_too_large_names_the_option(warm: Server) -> None:
    limits = Limits(memory=2 * GIB)
    worker = warm.start("tensorflow_tasks:exhaust", {}, limits)
    with pytest.raises(WorkerDied, match="needed more than the 2 GiB") as caught:
        worker.result()
    assert "--memory 4GB" in caught.value.help


def test_a_fork_is_fast(warm: Server) -> None:
    times = []
    for _ in range(5):
        before = time.monotonic()
        warm.start("tasks:nothing", {}, Limits(memory=GIB)).result()
        times.append(time.monotonic() - before)
    assert min(times) < 0.3  # 0.02 s on an idle machine; the import takes 3 s


def test_tensorflow_is_silent(warm: Server, capfd: pytest.CaptureFixture[str]) -> None:
    warm.start("tensorflow_tasks:run_a_graph", {}, Limits(memory=2 * GIB)).result()
    assert capfd.readouterr() == ("", "")

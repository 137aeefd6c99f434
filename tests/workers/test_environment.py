from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import tfmigrate
from tfmigrate.workers.client import Limits, Server
from tfmigrate.workers.environment import environment, import_paths

ROOT = str(Path(tfmigrate.__file__).parents[1])


def test_what_moves_results_or_is_secret_is_dropped(
    monkeypatch: pytest.MonkeyPatch, tasks_folder: str
) -> None:
    dropped = ("HTTPS_PROXY", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "HDF5_PLUGIN_PATH",
               "TF_USE_LEGACY_KERAS", "TF_ENABLE_ONEDNN_OPTS", "PYTHONSTARTUP")  # fmt: skip
    for name in dropped:
        monkeypatch.setenv(name, "/somewhere")
    monkeypatch.setenv("LC_NUMERIC", "C")
    with Server(path=(tasks_folder,)) as server:
        found = server.start("tasks:surroundings", {}, Limits(seconds=20)).result()["environment"]
    assert not found.keys() & set(dropped)
    assert {name: found[name] for name in ("PATH", "LC_NUMERIC")} == {
        "PATH": os.environ["PATH"],
        "LC_NUMERIC": "C",
    }
    assert found["PYTHONHASHSEED"] == "0"
    assert found["HDF5_PLUGIN_PRELOAD"] == "::"
    assert found["CUDA_VISIBLE_DEVICES"] == "-1"
    assert found["TF_CPP_MIN_LOG_LEVEL"] == "3"


def test_gpus_and_logs_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    found = environment(gpu=True, verbose=True)
    assert found["CUDA_VISIBLE_DEVICES"] == "1"
    assert "TF_CPP_MIN_LOG_LEVEL" not in found


def test_nothing_is_imported_from_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tasks_folder: str
) -> None:
    for name in ("json.py", "socket.py", "numpy.py", "tfmigrate.py"):
        (tmp_path / name).write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", "relative", str(tmp_path), *sys.path])
    with Server(path=(tasks_folder,)) as server:
        found = server.start("tasks:surroundings", {}, Limits(seconds=20)).result()
    assert not {"", "relative", str(tmp_path)} & set(found["path"])


def test_the_folder_of_the_script_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = str(tmp_path / "main.py")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", script, raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path), "/elsewhere"])
    assert import_paths() == ["/elsewhere", ROOT]


def test_the_package_stays_importable_from_its_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", [ROOT, "/elsewhere"])
    assert import_paths() == [ROOT, "/elsewhere"]

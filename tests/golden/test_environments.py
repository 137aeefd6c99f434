"""Environments in the cache, with a pip that only writes down what it was asked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tfmigrate.errors import EnvironmentProblem, UsageProblem
from tfmigrate.golden import environments, interpreters
from tfmigrate.golden.runtimes import RUNTIMES
from tfmigrate.report.error_text import render

EXPECTED = Path(__file__).parent / "no_interpreter.txt"


class Machine:
    """Runs nothing; makes the folders that venv and pip would."""

    def __init__(self, cache: Path) -> None:
        self.cache, self.ran, self.fails_at = cache, [], ""

    def run(self, runtime, command, more=None, only=False):
        said = " ".join(command)
        if self.fails_at and self.fails_at in said:
            raise EnvironmentProblem("pip failed")
        self.ran.append((said, dict(more or {}), only))
        if "-m venv" in said or "-m virtualenv" in said:
            Path(command[-1], "bin").mkdir(parents=True)
        if "--target" in command:
            Path(command[command.index("--target") + 1]).mkdir()


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Machine:
    monkeypatch.setenv("TFMIGRATE_CACHE", str(tmp_path / "cache"))
    made = Machine(tmp_path / "cache" / "runtimes")
    monkeypatch.setattr(environments, "_run", made.run)
    monkeypatch.setattr(interpreters, "find", lambda version, say: Path(f"/pythons/{version}"))
    return made


def folders(machine: Machine) -> list[str]:
    return sorted(p.name for p in machine.cache.iterdir() if not p.name.startswith("home-"))


def test_it_is_announced_made_aside_tried_and_used_again(machine):
    said: list[str] = []
    found = environments.ready(RUNTIMES["keras-1.0.8"], None, said.append)
    base, on_top = reversed(folders(machine))
    assert found.python == machine.cache / base / "bin" / "python"
    assert found.env["PYTHONPATH"] == str(machine.cache / on_top)
    assert "tensorflow==1.4.1" in said[1]
    assert "110 MB" in said[1]
    assert str(machine.cache) in said[0]
    commands = [command for command, _, _ in machine.ran]
    assert commands[0].startswith("/pythons/3.6 -m venv ")
    assert ".partial/made" in commands[0]
    assert "--upgrade pip==21.3.1" in commands[1]
    assert "--no-deps --target" in commands[3]
    tried, env, only = machine.ran[4]
    assert tried.endswith("import theano; import keras; import h5py")
    assert only
    assert ".partial/made" in env["PYTHONPATH"]
    machine.ran.clear()
    assert environments.ready(RUNTIMES["keras-1.0.8"], None, said.append) == found
    assert machine.ran == []
    assert len(said) == 3


def test_runtimes_of_the_same_packages_share_them(machine):
    for name in ("keras-1.2.2", "keras-1.2.2-theano", "keras-2.0.8", "tensorflow-1.4"):
        environments.ready(RUNTIMES[name], None, lambda text: None)
    assert [f.split("-")[0] for f in folders(machine)] == ["keras", "tensorflow"]


@pytest.mark.parametrize("fails_at", ["-m venv", "tensorflow==1.4.1", "import tensorflow"])
def test_what_fails_on_the_way_leaves_nothing(machine, fails_at):
    machine.fails_at = fails_at
    with pytest.raises(EnvironmentProblem):
        environments.ready(RUNTIMES["keras-1.2.2"], None, lambda text: None)
    assert folders(machine) == []


def test_python_2_7_is_made_by_virtualenv(machine):
    environments.ready(RUNTIMES["tensorflow-1.15-py2.7"], None, lambda text: None)
    commands = [command for command, _, _ in machine.ran]
    assert commands[0].startswith(f"{sys.executable} -m venv ")
    assert "virtualenv==20.21.1" in commands[1]
    assert "-m virtualenv" in commands[2]
    assert "-p /pythons/2.7" in commands[2]
    assert "--only-binary grpcio,numpy,scipy,h5py,protobuf" in commands[3]


def test_its_variables_are_its_own(machine, monkeypatch):
    for name in ("HTTPS_PROXY", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "KERAS_BACKEND"):
        monkeypatch.setenv(name, "mine")
    env = environments.environ(RUNTIMES["keras-1.2.2-theano"], machine.cache, None)
    assert "mine" not in env.values()
    assert env["KERAS_BACKEND"] == "theano"
    assert env["HOME"] != os.environ["HOME"]
    settings = json.loads(Path(env["HOME"], ".keras", "keras.json").read_text())
    assert settings["backend"] == "theano"


def test_a_failing_command_is_an_error_with_its_last_words(tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit('no such wheel')"]
    with pytest.raises(EnvironmentProblem) as caught:
        environments._run(RUNTIMES["keras-1.2.2"], command)
    assert caught.value.problems[0].what == "it said: no such wheel"
    assert "docker build" in caught.value.help


def test_without_an_interpreter_the_message_can_be_pasted(machine, monkeypatch):
    monkeypatch.setattr(interpreters, "find", lambda version, say: None)
    with pytest.raises(EnvironmentProblem) as caught:
        environments.ready(RUNTIMES["keras-1.0.8"], None, lambda text: None)
    assert caught.value.exit_code == 6
    assert render(caught.value) + "\n" == EXPECTED.read_text()


def test_a_cache_that_cannot_be_written_is_said(machine, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TFMIGRATE_CACHE", str(tmp_path / "file"))
    with pytest.raises(EnvironmentProblem, match="cache cannot be written"):
        environments.ready(RUNTIMES["keras-1.2.2"], None, lambda text: None)


def test_the_users_interpreter_must_fit_even_where_the_environment_is_there(machine):
    environments.ready(RUNTIMES["keras-1.2.2"], None, lambda text: None)
    with pytest.raises(UsageProblem, match=r"the runtime needs 3\.6"):
        environments.ready(RUNTIMES["keras-1.2.2"], Path(sys.executable), lambda text: None)


def test_what_a_killed_run_left_is_gone_after_the_next(machine):
    environments.ready(RUNTIMES["keras-1.2.2"], None, lambda text: None)
    (base,) = folders(machine)
    left = machine.cache / f".{base}.tfmigrate-01234567.partial"
    (left / "made").mkdir(parents=True)
    (left / "lock").touch()
    (machine.cache / base).rename(machine.cache.parent / "gone")
    environments.ready(RUNTIMES["keras-1.2.2"], None, lambda text: None)
    assert not left.exists()
    assert folders(machine) == [base]

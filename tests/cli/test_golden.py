"""``tfmigrate golden`` from the command line, with a recording that runs nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tfmigrate import pipeline
from tfmigrate.golden import environments, interpreters, recording
from tfmigrate.golden.environments import Environment
from tfmigrate.golden.results import Recorded
from tfmigrate.results import Source, Writer
from tfmigrate.tensors import TensorSpec

MADE = Recorded(
    "m.h5", "g.npz", "keras-1.2.2", "keras-1.2.2, as asked", "/usr/bin/python3.6",
    {"keras": "1.2.2", "tensorflow": "1.4.1", "python": "3.6.15", "inputs": "made up from seed 0",
     "source sha256": "ab" * 32},
    (TensorSpec("x", (5, 3), "float32"),), (TensorSpec("probs", (5, 2), "float32"),),
    5, 7, ("the file is of Keras 1.1.0, it was run by keras 1.2.2",),
)  # fmt: skip
TEXT = """\
m.h5
  runtime    keras-1.2.2, as asked
  run by     python 3.6.15, keras 1.2.2, tensorflow 1.4.1
  inputs     made up from seed 0
    in   x      (5, 3)  float32
    out  probs  (5, 2)  float32
  note       the file is of Keras 1.1.0, it was run by keras 1.2.2

Wrote g.npz: 5 probes and the outputs of 7 layers. \
Use it with --golden g.npz --require-evidence recorded.
"""


@pytest.fixture
def jobs(monkeypatch, tmp_path) -> list[tuple]:
    """What was to be recorded, and in which runtime the environment was made."""
    asked: list[tuple] = []
    made = Environment(Path("/env/python"), {})

    def ready(runtime, python, say):
        asked.append((runtime.name, python))
        return made

    def record(job, environment):
        asked.append((job, environment))
        return MADE

    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.h5").touch()
    monkeypatch.setattr(environments, "ready", ready)
    monkeypatch.setattr(recording, "record", record)
    monkeypatch.setattr(
        pipeline,
        "inspect",
        lambda path: Source(str(path), "k", "t", writer=Writer("Keras", "2.1.3")),
    )
    return asked


def test_the_result_as_text_and_as_json(run, jobs):
    done = run("golden", "record", "m.h5", "--runtime", "keras-1.2.2")
    assert (done.code, done.out, done.err) == (0, TEXT, "")
    found = json.loads(run("golden", "record", "m.h5", "--format", "json").out)
    assert found["kind"] == "golden"
    assert found["recorded"]["keras"] == "1.2.2"
    assert found["outputs"] == [{"name": "probs", "shape": [5, 2], "dtype": "float32"}]


def test_auto_says_what_it_chose_and_why(run, jobs, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "m.h5").touch()
    assert run("golden", "record", "folder/m.h5").code == 0
    assert jobs[0] == ("keras-2.1.6", None)
    job, environment = jobs[1]
    assert environment.python == Path("/env/python")
    assert (job.runtime, job.out) == ("keras-2.1.6", Path("m.h5.golden.npz"))
    assert job.chosen == "keras-2.1.6: the nearest to what wrote the source (Keras 2.1.3)"


def test_python_alone_is_the_users_environment_and_with_a_runtime_an_interpreter(run, jobs):
    assert run("golden", "record", "m.h5", "--python", sys.executable).code == 0
    assert len(jobs) == 1
    assert jobs[0][1].python == Path(sys.executable)
    assert jobs[0][0].runtime == ""
    asked = ["--python", sys.executable, "--runtime", "tensorflow-2.0"]
    assert run("golden", "record", "m.h5", *asked).code == 0
    assert jobs[1] == ("tensorflow-2.0", Path(sys.executable))


def test_everything_reaches_the_recorder_and_paths_are_whole(run, jobs, tmp_path):
    for name in ("in.npz", "model.json", "code.py"):
        (tmp_path / name).write_text("")
    asked = ["--inputs", "in.npz", "--architecture", "model.json", "--code", "code.py:build"]
    asked += ["--input", "x=x:0", "--input", "z=z:0", "--output", "y=y:0", "--feed", "t:0=false"]
    asked += ["--activations", "--length", "9", "--backend", "theano", "--tags", "serve"]
    assert (
        run("golden", "record", "m.h5", *asked, "--runtime", "keras-0.3.3", "-o", "o.npz").code == 0
    )
    job, _ = jobs[1]
    options = list(job.options)
    assert job.out == Path("o.npz")
    assert "--out" not in options
    for name, value in (
        ("--inputs", str(tmp_path / "in.npz")), ("--code", str(tmp_path / "code.py:build")),
        ("--architecture", str(tmp_path / "model.json")), ("--input", "x=x:0"), ("--length", "9"),
        ("--output", "y=y:0"), ("--feed", "t:0=false"), ("--tags", "serve"), ("--seed", "0"),
    ):  # fmt: skip
        assert options[options.index(name) + 1] == value
    assert options.count("--input") == 2
    assert "--activations" in options


def test_something_at_out_stops_before_anything_is_made(run, jobs, tmp_path):
    (tmp_path / "m.h5.golden.npz").write_text("mine")
    done = run("golden", "record", "m.h5")
    assert done.code == 2
    assert "--overwrite" in done.err
    assert jobs == []


def test_a_source_that_is_not_there_stops_before_anything_is_made(run, jobs):
    done = run("golden", "record", "missing.h5", "--runtime", "keras-1.2.2")
    assert done.code == 3
    assert "there is no such file" in done.err
    assert jobs == []


def test_a_missing_interpreter_ends_with_6_and_the_commands(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.h5").touch()
    monkeypatch.setattr(interpreters, "find", lambda version, say: None)
    monkeypatch.setenv("TFMIGRATE_CACHE", "/nowhere/there/is/none")
    done = run("golden", "record", "m.h5", "--runtime", "keras-1.2.2", "--format", "json")
    assert done.code == 6
    assert "tfmigrate golden script --dockerfile keras-1.2.2 | docker build" in done.err
    assert "FROM python:3.6.15-slim" in json.loads(done.out)["help"]


def test_an_unknown_runtime_is_a_usage_error(run, jobs):
    done = run("golden", "record", "m.h5", "--runtime", "keras-1.2.3")
    assert done.code == 2
    assert "keras-1.2.2" in done.err


def test_the_script_and_a_dockerfile_go_to_stdout(run):
    from tfmigrate.golden.script import source

    assert run("golden", "script").out == source()
    found = run("golden", "script", "--dockerfile", "tensorflow-1.15-py2.7").out.splitlines()
    assert found[0] == "FROM python:2.7.18-slim"
    assert all(line.split()[0] in ("FROM", "RUN", "ENV") for line in found)


def test_help_says_that_code_in_the_file_may_run(run):
    assert "can run code that is" in run("golden", "record", "--help").out

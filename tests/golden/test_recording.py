"""Starting the recorder: what becomes of its ends, and how the golden file appears."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tfmigrate.errors import EnvironmentProblem, NotSupported, OutputExists, UsageProblem
from tfmigrate.golden import recording, script
from tfmigrate.golden.recording import Job
from tfmigrate.parity import golden
from tfmigrate.tensors import Signature, TensorSpec

MNIST = Path(__file__).parents[1] / "fixtures" / "keras2_mnist_cnn"
GOOD = """
import sys, numpy
out = sys.argv[sys.argv.index("--out") + 1]
numpy.savez(out, **{"inputs/x": numpy.ones((2, 3), "float32"), "outputs/y": numpy.ones(2),
    "more/1/inputs/x": numpy.ones((1, 3), "float32"), "more/1/outputs/y": numpy.ones(1),
    "activations/dense": numpy.ones(2)})
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Record with a program in place of the recorder."""

    def call(program: str, **asked):
        monkeypatch.setattr(script, "source", lambda: program)
        job = Job(tmp_path / "model.h5", tmp_path / "out" / "g.npz", **asked)
        return recording.record(job, recording.of_user(Path(sys.executable)))

    (tmp_path / "out").mkdir()
    return call


def there(tmp_path: Path) -> list[str]:
    return sorted(os.listdir(tmp_path / "out"))


def test_what_is_in_the_file_is_told(run, tmp_path):
    found = run(GOOD)
    assert found.inputs == (TensorSpec("x", (2, 3), "float32"),)
    assert found.outputs == (TensorSpec("y", (2,), "float64"),)
    assert (found.probes, found.activations) == (2, 1)
    assert there(tmp_path) == ["g.npz"]


def test_a_file_that_is_there_is_left_as_it_is(run, tmp_path):
    (tmp_path / "out" / "g.npz").write_text("mine")
    with pytest.raises(OutputExists, match="left as it is"):
        run("raise SystemExit('must not run')")
    assert (tmp_path / "out" / "g.npz").read_text() == "mine"
    assert run(GOOD, overwrite=True).probes == 2


def test_a_file_that_came_to_be_meanwhile_is_not_replaced(run, tmp_path):
    mine = tmp_path / "out" / "g.npz"
    with pytest.raises(OutputExists):
        run(GOOD + f"open({str(mine)!r}, 'w').write('mine')")
    assert mine.read_text() == "mine"
    assert there(tmp_path) == ["g.npz"]


def ends(said: str, code: int) -> str:
    return f"import sys; print({said!r}, file=sys.stderr); sys.exit({code})"


@pytest.mark.parametrize(
    ("program", "kind", "what"),
    [
        (ends("error: no such input", 2), UsageProblem, "no such input"),
        (ends("error: an output is ragged", 3), NotSupported, "an output is ragged"),
        (ends("error: no Keras here", 6), EnvironmentProblem, "no Keras here"),
        (ends("failed: ValueError: bad", 1), NotSupported, "source: ValueError: bad"),
        (ends("failed: KeyError: bad\nprinted later", 1), NotSupported, "source: KeyError: bad"),
        (ends("", 0), NotSupported, "it said nothing"),
        ("import nothing_of_that_name", EnvironmentProblem, "No module named"),
        ("import os; os.kill(os.getpid(), 4)", EnvironmentProblem, "ended by SIGILL"),
    ],
)
def test_every_end_is_an_error_of_its_kind(run, tmp_path, program, kind, what):
    with pytest.raises(kind) as caught:
        run(program)
    assert what in caught.value.what
    assert there(tmp_path) == []


def test_the_last_lines_are_shown_and_harmless(run):
    with pytest.raises(NotSupported) as caught:
        run("import sys\nfor i in range(50): print('line', i)\nsys.exit('\\x1b[31mred')")
    said = [p.what for p in caught.value.problems]
    assert said[-1] == "it last said: \\x1b[31mred"
    assert len(said) == 8


def test_too_slow_is_ended_with_all_it_started(run, tmp_path):
    mark = tmp_path / "mark"
    child = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
    program = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n"
    with pytest.raises(EnvironmentProblem, match="not done after 1 seconds"):
        run(program + "time.sleep(60)", timeout=1.0)
    time.sleep(2.5)
    assert not mark.exists()
    assert there(tmp_path) == []


def test_a_python_that_is_none_is_said(tmp_path):
    job = Job(tmp_path / "m.h5", tmp_path / "g.npz")
    with pytest.raises(EnvironmentProblem, match="cannot be started"):
        recording.record(job, recording.of_user(tmp_path / "python"))


def test_an_out_without_a_folder_is_refused(tmp_path):
    with pytest.raises(UsageProblem, match="no folder"):
        recording.refuse_existing(tmp_path / "a" / "b.npz", False)


def test_a_real_recording_is_read_as_a_golden_file(tmp_path):
    out = tmp_path / "g.npz"
    options = ("--inputs", str(MNIST / "golden.npz"), "--activations")
    found = recording.record(
        Job(MNIST / "model.h5", out, options), recording.of_user(Path(sys.executable))
    )
    assert found.recorded["tf_keras"]
    assert found.activations > 3
    x = TensorSpec("conv2d_1_input", (None, 12, 12, 1), "float32")
    signature = Signature("serving_default", (x,), (TensorSpec("dense_1", (None, 10), "float32"),))
    read = golden.read(out, signature)
    with np.load(MNIST / "golden.npz") as stream:
        np.testing.assert_allclose(read.outputs["dense_1"], stream["outputs/dense_1"], atol=1e-6)
    assert read.recorded["source sha256"] == read.sources["model.h5"]
    assert read.recorded["inputs"] == "given"

"""The runner needs a process in which no Keras was ever imported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


CASES = (
    "plain", "random", "stateful", "batch_norm", "fixed", "python",
    "wrong_key", "wrong_type", "wrong_name", "keras",
)  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, str(HERE / "running.py"), str(tmp_path_factory.mktemp("ran")), *CASES],
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_outputs_checks_and_ops(ran):
    said = ran["plain"]
    assert said["right"]
    assert said["checks"] == {"repeatable": True, "batch-independent": True}
    assert said["kinds"] == {
        "head/fc": ["ndarray", "float32", 2],
        "total": ["ndarray", "float32", 0],
        "word": ["ndarray", "object", 2],
    }
    assert {"MatMul", "ReadVariableOp", "Sum"} <= set(said["ops"])
    assert said["unportable"] == []


@pytest.mark.parametrize(
    ("case", "checks"),
    [
        ("random", {"repeatable": False}),
        ("stateful", {"repeatable": False}),
        ("batch_norm", {"repeatable": True, "batch-independent": False}),
        ("fixed", {"repeatable": True}),
    ],
)
def test_models_that_remember_or_mix_samples_are_found(ran, case, checks):
    assert ran[case]["checks"] == checks


def test_calls_of_own_functions_are_no_ops(ran):
    assert ran["by name"] == ["PyFunc"]


def test_ops_of_the_building_process_are_named(ran):
    assert ran["python"]["unportable"] == [
        "EagerPyFunc runs only in the Python process that made it"
    ]


@pytest.mark.parametrize(
    ("case", "error", "text"),
    [
        ("wrong_key", "NotProved", "it has: serving_default"),
        ("wrong_type", "NotProved", "takes float32 and the probe has float64"),
        ("wrong_name", "NotProved", "the probe has"),
        ("keras", "RuntimeError", "tf_keras is imported"),
    ],
)
def test_what_cannot_be_a_proof_is_refused(ran, case, error, text):
    said = ran[case]
    assert said["error"] == error
    assert text in said["text"]

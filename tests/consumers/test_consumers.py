"""Programs that are not ours read the exports, and answer what was verified.

Each test asks about all models: the exports are made once, and a program starts once.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent))

import jobs
import program
import saved_model_cli
import scripts
from exports import MODELS, exported

TABLES = ("graph with tables, classify", "text and its vocabulary")
# Of the rest, each costs two seconds: with -m consumers.
ALWAYS = ("images", "two inputs, two outputs", "recurrent", TABLES[0])


def wrong(asked: list[jobs.Job], answers: dict) -> list[str]:
    """Every answer that is not as it must be; a refusal too."""
    found = []
    for job in asked:
        answer = answers[job.name, job.key]
        refused = isinstance(answer, str)
        found += [f"{job.name}: {answer}"] if refused else jobs.apart(job, answer)[1]
    return found


def served(fixtures: Path, folder: Path, crew, names) -> tuple[list[jobs.Job], dict, str]:
    """The exports, what the consumers that come with TensorFlow answer, and what one shows."""
    with ThreadPoolExecutor(1) as pool:
        compiling = pool.submit(program.compiled, folder)
        asked = exported(fixtures, folder, crew, names)
    answers, shown = saved_model_cli.answered_and_shown(asked, folder)
    found = {
        "C++": program.asked(compiling.result(), asked, folder),
        "saved_model_cli": answers,
        "TFSMLayer": scripts.asked("keras", asked, folder),
    }
    return asked, found, shown


def test_a_server_the_command_line_and_keras_answer_as_verified(fixtures, tmp_path, crew):
    asked, found, shown = served(fixtures, tmp_path, crew, ALWAYS)
    assert {name: wrong(asked, answers) for name, answers in found.items()} == {
        "C++": [], "saved_model_cli": [], "TFSMLayer": [],
    }  # fmt: skip
    for line in ("signature_def['serving_default']", "inputs['conv2d_1_input']",
                 "shape: (-1, 12, 12, 1)", "outputs['dense_1']", "serving/predict"):  # fmt: skip
        assert line in shown


@pytest.mark.consumers
def test_every_engine_and_the_protos_of_the_server_agree(fixtures, tmp_path, crew):
    asked, found, _ = served(fixtures, tmp_path, crew, MODELS)
    assert {name: wrong(asked, answers) for name, answers in found.items()} == {
        "C++": [], "saved_model_cli": [], "TFSMLayer": [],
    }  # fmt: skip
    engines = {"OpenVINO": "openvino", "onnxruntime": "onnx"}
    found = {name: scripts.asked(script, asked, tmp_path) for name, script in engines.items()}
    numeric = [job for job in asked if job.name not in TABLES]
    assert {name: wrong(numeric, answers) for name, answers in found.items()} == {
        "OpenVINO": [], "onnxruntime": [],
    }  # fmt: skip
    # Neither has TensorFlow's tables; the day one does, it belongs into the line above.
    for answers in found.values():
        assert all(isinstance(answers[j.name, j.key], str) for j in asked if j.name in TABLES)
    records = scripts.asked("serving", asked, tmp_path)
    for job in asked:
        sent = [run for run in records[job.name, job.key] if run]
        assert 1 <= len(sent) <= 2
        assert all(any(_same(run, probe) for probe in job.asked) for run in sent)


def _same(one: jobs.Run, other: jobs.Run) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[n].astype(other[n].dtype), other[n]) for n in one
    )


def test_a_difference_is_noticed():
    """What the other tests compare with, seen to fail."""
    run = {"y": np.ones((2, 3), np.float32)}
    job = jobs.Job("m", Path(), "k", (run,), (run,), {})
    assert jobs.apart(job, [run]) == (0.0, [])
    off = {"y": run["y"] + np.float32(1e-4)}
    difference, said = jobs.apart(job, [off])
    assert difference == pytest.approx(1e-4, rel=1e-3)
    assert len(said) == 1
    assert wrong([job], {("m", "k"): [{}]})
    assert wrong([job], {("m", "k"): "does not load"}) == ["m: does not load"]

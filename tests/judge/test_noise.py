"""The noise floor: what is measured, what is said where it is not; it never fails a run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pytest

from tfmigrate.errors import WorkerDied
from tfmigrate.judge.noise import Floor, excuse
from tfmigrate.judge.reader import LARGEST
from tfmigrate.judge.verdict import Reference
from tfmigrate.options import Options
from tfmigrate.tensors import Tolerance
from tfmigrate.workers.client import WorkerBug

X = np.array([[0.25, 1.0]])


@dataclass
class Case:
    """What the floor wants to know of a case."""

    exported: tuple = ({"y": X, "text": np.array([b"a"], object)},)
    plain: tuple = ({"y": X + 1.23e-7},)
    allowed: dict = field(default_factory=lambda: {"y": Tolerance(0, 1e-6)})
    staging: str = "out"
    order: dict = field(default_factory=lambda: {"signature": "serve"})

    def sent(self, name):
        return {"signature": self.order["signature"], "probes": "p", "outputs": name}

    def answers(self, name):
        return getattr(self, name)


def measured(case, ask=lambda answers: answers["exported"]({}), unsteady=(), why="", held="y"):
    floor = Floor(why)
    with ThreadPoolExecutor(1) as pool:
        floor.start(pool, ask)
        floor.measure(case)
    found = {"apart": {"y": 2.34e-9}, "unsteady": list(unsteady)}
    return floor.found(case, Reference("reader", ({"y": X},)), found, held)


def test_both_kinds_by_output_with_two_digits():
    noise = measured(Case())
    assert noise.floor == {"y": {"oneDNN off": 1.2e-7, "one by one": 2.3e-9}}
    assert noise.notes == ()


def test_the_worker_is_told_what_to_run():
    asked = []
    measured(Case(), lambda answers: asked.append(answers["exported"]({})))
    assert asked == [{"path": "out", "signature": "serve", "probes": "p", "outputs": "plain"}]


def test_a_tolerance_below_the_noise_is_called_so():
    (note,) = measured(Case(allowed={"y": Tolerance(0, 1e-7)})).notes
    assert "with oneDNN off y is 1.2e-07 from the reference: the tolerance is below" in note


def test_noise_is_no_excuse_for_an_output_that_differs_anyway():
    assert measured(Case(allowed={"y": Tolerance(0, 1e-7)}), held="").notes == ()


def test_answers_that_change_from_call_to_call_are_no_noise():
    assert measured(Case(), unsteady=["y"]).floor == {"y": {"one by one": 2.3e-9}}


@pytest.mark.parametrize(
    "error", [WorkerDied("ran out of memory"), WorkerBug("Traceback\nValueError: no")]
)
def test_a_worker_that_fails_is_a_note(error):
    def fail(answers):
        raise error

    noise = measured(Case(plain=()), fail)
    assert noise.floor == {"y": {"one by one": 2.3e-9}}
    (note,) = noise.notes
    assert note.startswith("not measured with oneDNN off: ")
    assert "memory" in note or "ValueError: no" in note


def test_an_excuse_and_a_trial_are_said():
    assert measured(Case(), why="too big").notes == ("not measured with oneDNN off: too big",)
    floor = Floor("")
    noise = floor.found(Case(), Reference("reader", ()), {"apart": {}, "unsteady": []}, [])
    assert noise.notes == ("not measured with oneDNN off: this is only a trial",)


def test_dismissed_before_there_is_an_export_it_runs_nothing():
    floor, asked = Floor(""), []
    with ThreadPoolExecutor(1) as pool:
        floor.start(pool, lambda answers: asked.append(answers["exported"]({})))
        floor.dismiss()
    assert asked == [{}]


def test_excuses():
    assert excuse(LARGEST, Options()) == ""
    assert "256 MiB" in excuse(LARGEST + 1, Options())
    assert excuse(0, Options(gpu=True)) == "the model ran on a GPU"
    for nothing in (Options(verify=False), Options(dry_run=True)):
        assert excuse(0, nothing) == "nothing is compared"

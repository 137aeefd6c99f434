from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tests.cli.conftest import SIDE
from tfmigrate.contract import Answers, Change, Changes, Difference, Matched
from tfmigrate.errors import NotRecognised

SAME = Difference(True, SIDE, SIDE, Changes(), (Answers("k", skipped="why"),), Matched(), Matched())


def test_the_same_is_0(run, calls):
    done = run("diff", "a", "b", "--samples", "2", "--rtol", "1e-4 y:1e-3")
    assert done.code == 0
    name, one, other, options, _, runs = calls[0]
    assert (name, one, other, runs) == ("diff", Path("a"), Path("b"), True)
    assert (options.samples, options.rtol) == (2, ("1e-4", "y:1e-3"))


def test_a_difference_is_1_and_parseable(run, answer):
    change = Change(
        "method", "breaking", "the method is another one", "k", "", "predict", "regress"
    )
    answer("diff", dataclasses.replace(SAME, same=False, signatures=Changes((change,))))
    done = run("diff", "a", "b", "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["kind"], found["same"]) == (1, "difference", False)
    assert found["signatures"]["found"][0]["code"] == "method"


def test_no_run_is_handed_on(run, calls):
    run("diff", "a", "b", "--no-run")
    assert calls[0][-1] is False


@pytest.mark.parametrize("option", ["--inputs", "--samples", "--seed", "--rtol", "--atol"])
def test_what_is_asked_has_no_use_where_nothing_is(run, calls, tmp_path, option):
    file = tmp_path / "i.npz"
    file.touch()
    value = str(file) if option == "--inputs" else "1"
    done = run("diff", "a", "b", "--no-run", option, value)
    assert (done.code, calls) == (2, [])
    assert option in done.err


def test_what_is_no_saved_model(run, answer):
    answer("diff", NotRecognised("this is no SavedModel", where="a"))
    assert run("diff", "a", "b").code == 3
    assert run("diff", "a").code == 2

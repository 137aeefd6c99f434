from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tfmigrate.proof import OutputComparison, Parity
from tfmigrate.results import TensorMismatch, Verification

OUTPUTS = (OutputComparison("probs", True),)
HELD = Parity("reader", "the same", OUTPUTS, checks={"repeatable": True})


def test_what_holds(run, calls):
    done = run("verify", "out")
    assert done.code == 0
    assert calls[0][:2] == ("verify", Path("out"))


@pytest.mark.parametrize("field", ["changed", "extra", "missing"])
def test_a_file_that_is_not_as_certified(run, answer, field):
    answer("verify", dataclasses.replace(Verification("out", HELD), **{field: ("saved_model.pb",)}))
    done = run("verify", "out", "--format=json")
    assert done.code == 1
    found = json.loads(done.out)
    assert (found[field], found["passed"]) == (["saved_model.pb"], False)


def test_a_tensor_that_is_not_as_in_the_ledger(run, answer):
    wrong = (TensorMismatch("conv/kernel", "it is missing", expected="ab"),)
    answer("verify", Verification("out", HELD, tensors=7, mismatches=wrong))
    assert run("verify", "out", "--deep").code == 1
    found = json.loads(run("verify", "out", "--deep", "--format=json").out)
    assert (found["tensors"], found["passed"]) == (7, False)
    assert found["mismatches"][0]["name"] == "conv/kernel"


def test_deep_is_asked_for(run, calls):
    run("verify", "out")
    run("verify", "out", "--deep")
    assert [call[-1] for call in calls] == [False, True]


def test_an_output_that_does_not_hold(run, answer):
    answer("verify", Verification("out", dataclasses.replace(HELD, checks={"repeatable": False})))
    assert run("verify", "out").code == 1


def test_nothing_to_compare_with_is_no_success(run, answer):
    answer("verify", Verification("out", Parity("unverified", "nothing was compared")))
    done = run("verify", "out")
    assert done.code == 1
    assert done.out.splitlines()[-1].endswith("UNVERIFIED: no output was compared.")

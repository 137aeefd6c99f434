"""Planted faults: what they say of a check, and what is said where no inputs can be made up."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.judge import power, probing
from tfmigrate.judge.verdict import Reference
from tfmigrate.options import Options
from tfmigrate.parity import probes
from tfmigrate.proof import Mutation, OutputComparison, Parity, Power
from tfmigrate.results import Plan
from tfmigrate.tensors import as_json


def planted(*outcomes):
    return Power(tuple(Mutation("drop bias", "dense", outcome) for outcome in outcomes))


def test_a_check_is_sensitive_when_it_caught_something_and_missed_nothing():
    assert planted("caught", "silent")
    assert not planted("caught", "missed")
    assert not planted("silent")
    assert not planted()


def test_an_output_that_no_fault_moves_was_not_checked():
    assert not Power(planted("caught").mutations, unmoved=("label",))


@pytest.fixture
def case(tmp_path):
    found = {"power": as_json(planted("caught")), "impossible": [], "weightless": ["copy"]}
    sent = {"x": np.ones((2, 3), "float32")}
    return SimpleNamespace(
        path=lambda name: tmp_path / f"{name}.npz",
        calls=SimpleNamespace(ask=lambda *_: found),
        probing=probing.Probing((sent,)), recipe=None, options=Options(), room=None,
        view=SimpleNamespace(given=dict), order={}, plan=Plan(()), inner_allowed=dict,
    )  # fmt: skip


def proved(case):
    parity = Parity("reader", "verified", (OutputComparison("y", True),))
    return power.proved(case, Reference("reader", (), (), ()), parity)


def test_where_no_inputs_can_be_made_up_it_is_said(case, monkeypatch):
    def made(*_):
        raise NotSupported("an input is text")

    monkeypatch.setattr(probing, "made", made)
    note, _ = proved(case).notes
    assert note.startswith("no further inputs could be made up: an input is text; ")
    (kept,) = probes.load(case.path("further"))[0]
    assert kept["x"].shape == (2, 3)


def test_where_they_can_there_is_nothing_to_say(case, monkeypatch):
    def made(view, hints, seed, count):
        return tuple({"x": np.full((1, 3), i, "float32")} for i in range(count))

    monkeypatch.setattr(probing, "made", made)
    assert proved(case).notes == ("no change of the weights changes the output copy",)
    assert len(probes.load(case.path("further"))[0]) == 10 * Options().samples


def test_the_output_that_no_fault_moves_is_named(case, monkeypatch):
    monkeypatch.setattr(probing, "made", lambda *_: case.probing.probes)
    power_of = as_json(Power(planted("caught").mutations, unmoved=("label",)))
    found = {"power": power_of, "impossible": [], "weightless": []}
    case.calls = SimpleNamespace(ask=lambda *_: found)
    judged = proved(case)
    assert judged.checks == {power.SENSITIVE: False}
    assert judged.notes[-1].startswith("none of 1 planted faults changes the output label: ")

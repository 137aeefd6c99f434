"""The verdict, and what is held against a model."""

from __future__ import annotations

import numpy as np

from tfmigrate.judge import verdict
from tfmigrate.judge.verdict import Reference, Terms

ONE = {"y": np.ones((2, 3), np.float32)}
TERMS = Terms({})


def test_a_check_that_does_not_hold_is_enough_to_fail():
    held = verdict.judge(Reference("reader", (ONE,)), (ONE,), (ONE,), {"repeatable": True}, TERMS)
    assert held
    assert held.said.startswith("verified")
    broken = verdict.judge(
        Reference("reader", (ONE,)), (ONE,), (ONE,), {"repeatable": False}, TERMS
    )
    assert not broken
    assert "verified" not in broken.said


def test_an_architecture_from_a_recipe_is_never_called_verified():
    parity = verdict.judge(Reference("rebuilt", (ONE,)), (ONE,), (ONE,), {}, Terms({}, "recipe"))
    assert parity.said == "weights proved; architecture taken from the recipe, not checked"


def test_rounding_is_no_difference_of_layers_and_a_wrong_fusion_is():
    off = {"y": ONE["y"] + np.float32(2e-4)}
    wrong = {"y": ONE["y"] * np.float32(1.1)}
    assert verdict.layer_by_layer((ONE,), (off,)) == {"same layer by layer": True}
    assert verdict.layer_by_layer((ONE,), (wrong,)) == {"same layer by layer": False}
    assert verdict.layer_by_layer((), (ONE,)) == {}


def test_a_nan_or_another_type_is_no_rounding():
    nan = {"y": np.full((2, 3), np.nan, np.float32)}
    assert verdict.layer_by_layer((ONE,), (nan,)) == {"same layer by layer": False}
    double = {"y": ONE["y"].astype(np.float64)}
    assert verdict.layer_by_layer((ONE,), (double,)) == {"same layer by layer": False}


def test_a_model_that_uses_its_batch_is_noted_not_failed():
    checks = {"batch-independent": False, "repeatable": True}
    kept, notes = verdict.by_design(checks)
    assert kept == {"repeatable": True}
    assert "rest of its batch" in notes[0]
    assert verdict.by_design({"batch-independent": True}) == ({"batch-independent": True}, ())

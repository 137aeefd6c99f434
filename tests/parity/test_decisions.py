"""What counts as a decision, and that only the same one counts as the same."""

import ml_dtypes
import numpy as np
import pytest

from tfmigrate.parity.compare import compare
from tfmigrate.proof import Decisions
from tfmigrate.tensors import Tolerance

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(6, 4)).astype("float32")


def decided(reference, got, tolerance=(1e-5, 1e-6)):
    reference, got = np.asarray(reference), np.asarray(got)
    (verdict,) = compare([{"y": reference}], [{"y": got}], {"y": Tolerance(*tolerance)})
    return verdict.decisions


def test_the_arg_max_of_two_axes():
    assert decided(LOGITS, LOGITS * 2) == Decisions("arg-max", 6, 6)
    other = LOGITS.copy()
    other[2] = -other[2]
    assert decided(LOGITS, other) == Decisions("arg-max", 6, 5)


@pytest.mark.parametrize("dtype", ["float16", "float64", ml_dtypes.bfloat16])
def test_every_float_type(dtype):
    assert decided(LOGITS.astype(dtype), LOGITS.astype(dtype)) == Decisions("arg-max", 6, 6)


def test_more_axes_only_where_every_row_is_a_distribution():
    rows = np.abs(RNG.normal(size=(2, 5, 3))).astype("float32")
    assert decided(rows, rows) is None  # as an image
    rows /= rows.sum(-1, keepdims=True)
    assert decided(rows, rows) == Decisions("arg-max", 10, 10)
    turned = rows.copy()
    turned[1, 4] = np.roll(rows[1, 4], 1)
    assert decided(rows, turned) == Decisions("arg-max", 10, 9)


@pytest.mark.parametrize("shape", [(4, 1), (4,), (2, 2, 1)])
def test_single_probabilities_are_above_a_half_or_not(shape):
    reference = np.array([0.1, 0.9, 0.5, 0.7], "float32").reshape(shape)
    got = np.array([0.2, 0.4, 0.5, 0.8], "float32").reshape(shape)
    assert decided(reference, got) == Decisions("above 0.5", 4, 3)


def test_single_values_that_are_no_probabilities_have_a_sign():
    assert decided([[2.0], [-3.0], [0.0]], [[1.0], [3.0], [1.0]]) == Decisions("sign", 3, 1, 1)
    assert decided([[[2.0]], [[-3.0]]], [[[2.0]], [[-3.0]]]) is None
    assert decided(np.float32(-2), np.float32(-1)) == Decisions("sign", 1, 1)


def test_a_probe_outside_of_0_to_1_makes_signs_of_all():
    runs = [{"y": np.array([[0.9]])}, {"y": np.array([[-2.0]])}]
    (verdict,) = compare(runs, runs)
    assert verdict.decisions == Decisions("sign", 2, 2)


def test_what_the_tolerance_alone_could_turn_is_a_near_tie():
    reference = np.array([[1.0, 1.0000005, 0], [5, 1, 0]], "float32")
    got = np.array([[1.0000005, 1.0, 0], [1, 5, 0]], "float32")
    assert decided(reference, got) == Decisions("arg-max", 2, 0, 1)
    assert decided([[0.5000001]], [[0.4999999]]) == Decisions("above 0.5", 1, 0, 1)


@pytest.mark.parametrize("where", ["reference", "got", "both"])
def test_nan_agrees_with_nothing(where):
    reference, got = LOGITS.copy(), LOGITS.copy()
    if where != "got":
        reference[3, 1] = np.nan
    if where != "reference":
        got[3, 1] = np.nan
    assert decided(reference, got, (1, 1)) == Decisions("arg-max", 6, 5)
    assert decided([[np.nan], [1.5]], [[np.nan], [1.5]], (1, 1)).agreeing == 1


@pytest.mark.parametrize("array", [np.arange(6).reshape(2, 3), np.array([["a", "b"]]), 1j * LOGITS])
def test_whole_numbers_text_and_complex_numbers_decide_nothing(array):
    assert decided(array, array) is None


def test_no_element_decides_nothing():
    assert decided(np.zeros((0, 3)), np.zeros((0, 3))) is None


def test_rows_are_not_cut_by_chunks(monkeypatch):
    monkeypatch.setattr("tfmigrate.parity.decisions._CHUNK", 7)
    monkeypatch.setattr("tfmigrate.parity.tally.CHUNK", 7)
    for row in range(6):
        other = LOGITS.copy()
        other[row] = -other[row]
        assert decided(LOGITS, other) == Decisions("arg-max", 6, 5)

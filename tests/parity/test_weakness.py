import ml_dtypes
import numpy as np
import pytest

from tfmigrate.parity.weakness import Weakness


def said(*outputs):
    weakness = Weakness()
    for output in outputs:
        weakness.add(np.asarray(output))
    return weakness.said()


VARIED = np.linspace(0.1, 0.9, 6, dtype="float32").reshape(3, 2)


def test_varied_outputs_are_not_weak():
    assert said(VARIED) == ""
    assert said(VARIED.astype(ml_dtypes.bfloat16)) == ""
    assert said(VARIED[:1]) == ""
    assert said(np.array([1, 2, 3])) == ""
    assert said(np.array([True, False])) == ""
    assert said(np.array([b"a", b"b"], dtype=object)) == ""


@pytest.mark.parametrize(
    ("outputs", "why"),
    [
        ([np.full((2, 3), 0.3)], "constant"),
        ([np.zeros((1, 3)), np.zeros((2, 3))], "constant"),
        ([np.full(4, b"a", dtype=object)], "constant"),
        ([np.array([5]), np.array([5])], "constant"),
        ([np.tile([0.2, 0.8], (3, 1))], "the same for every sample"),
        ([VARIED[:1], VARIED[:1]], "the same for every sample"),
        ([np.eye(3, dtype="float32")], "saturated"),
        ([np.array([[1 - 1e-8, 1e-9], [-1, 1]])], "saturated"),
        ([np.full(3, np.nan)], "NaN everywhere"),
        ([np.zeros((0, 2))], "empty"),
    ],
)
def test_weak_outputs_say_why(outputs, why):
    assert said(*outputs) == why


def test_one_probe_that_differs_is_enough():
    assert said(np.zeros((2, 3)), np.full((1, 3), 0.5)) == ""
    assert said(np.tile([0.2, 0.8], (3, 1)), np.array([[0.3, 0.8]])) == ""
    assert said(np.eye(2), VARIED) == ""


def test_samples_of_different_lengths_are_not_the_same():
    assert said(np.array([[0.1, 0.2]]), np.array([[0.1, 0.2, 0.3]])) == ""

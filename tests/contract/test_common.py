from __future__ import annotations

from dataclasses import replace

import pytest

from tfmigrate.contract.common import common
from tfmigrate.contract.model import Endpoint, Tensor

X = Tensor("x", "float32", (None, 28))
Y = Tensor("y", "float32", (None, 10))
Z = Tensor("z", "float32", (None, 3))
ONE = Endpoint("k", (X,), (Y,))


@pytest.mark.parametrize(
    ("other", "shape"),
    [((1, 28), (1, 28)), (None, (None, 28)), ((None, None), (None, 28)), ((0, 28), (0, 28))],
)
def test_both_are_asked_what_both_take(other, shape):
    found = common(ONE, replace(ONE, inputs=(replace(X, shape=other),)))
    assert (found.why, found.inputs[0].shape) == ("", shape)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(X, shape=(None, 32)), "no shape fits both"),
        (replace(X, shape=(None, 0)), "no shape fits both"),
        (replace(X, shape=(None,)), "no shape fits both"),
        (replace(X, dtype="int32"), "float32, the other int32"),
        (replace(X, kind="composite"), "sparse"),
    ],
)
def test_why_both_cannot_be_asked_the_same(other, why):
    assert why in common(ONE, replace(ONE, inputs=(other,))).why


def test_any_rank_on_both_sides_says_nothing():
    free = replace(ONE, inputs=(replace(X, shape=None),))
    assert "rank" in common(free, free).why


def test_one_input_and_one_output_are_taken_for_the_same():
    found = common(ONE, Endpoint("k", (replace(X, name="a"),), (replace(Y, name="b"),)))
    assert (found.input_names, found.output_names) == ({"x": "a"}, {"y": "b"})
    assert len(found.notes) == 2


def test_of_several_outputs_only_those_of_one_name():
    found = common(replace(ONE, outputs=(Y, Z)), replace(ONE, outputs=(Y, replace(Z, name="w"))))
    assert found.output_names == {"y": "y"}
    assert [note.split(",")[0] for note in found.notes] == [
        "not compared: output z", "not compared: output w",
    ]  # fmt: skip


def test_other_inputs_and_no_output_in_common():
    two = replace(ONE, inputs=(X, replace(X, name="m")))
    assert common(ONE, two).why == "they take other inputs"
    assert common(two, ONE).why == "they take other inputs"
    other = replace(ONE, outputs=(Z, replace(Z, name="w")))
    assert "no output" in common(ONE, other).why

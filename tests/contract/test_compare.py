"""Every class of change, seen both ways: there and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tfmigrate.contract import Contract, Endpoint, Tensor, compare
from tfmigrate.errors import NotProved

X = Tensor("x", "float32", (None, 28))
MASK = Tensor("mask", "int32", (None, 28))
PROBS = Tensor("probs", "float32", (None, 10))
IDS = Tensor("ids", "int64", (None,))
ONE = Endpoint("serving_default", (X,), (PROBS,))
TWO = Endpoint("serving_default", (X, MASK), (PROBS, IDS))


def contract(*endpoints: Endpoint) -> Contract:
    return Contract(endpoints)


def found(old: Endpoint, new: Endpoint) -> list[tuple[str, str]]:
    changes = compare(contract(old), contract(new)).found
    return [(c.code, c.severity) for c in changes]


def takes(**fields) -> Endpoint:
    return replace(ONE, inputs=(replace(X, **fields),))


def gives(**fields) -> Endpoint:
    return replace(ONE, outputs=(replace(PROBS, **fields),))


@pytest.mark.parametrize("endpoint", [ONE, TWO, takes(shape=None), takes(kind="composite")])
def test_what_is_as_it_was_has_no_changes(endpoint):
    assert compare(contract(endpoint), contract(endpoint)).found == ()


@pytest.mark.parametrize(
    ("old", "new", "there", "back"),
    [
        (ONE, takes(dtype="int32"), "input-type breaking", "input-type breaking"),
        (ONE, gives(dtype="float16"), "output-type breaking", "output-type breaking"),
        (ONE, takes(shape=(None, 28, 1)), "input-rank breaking", "input-rank breaking"),
        (ONE, gives(shape=(None,)), "output-rank breaking", "output-rank breaking"),
        (ONE, takes(shape=(None, 32)), "input-shape breaking", "input-shape breaking"),
        (ONE, gives(shape=(None, 12)), "output-shape breaking", "output-shape breaking"),
        (ONE, takes(shape=(1, 28)), "input-shape breaking", "input-shape compatible"),
        (ONE, gives(shape=(1, 10)), "output-shape compatible", "output-shape compatible"),
        (ONE, takes(shape=None), "input-rank compatible", "input-rank breaking"),
        (ONE, gives(shape=None), "output-rank compatible", "output-rank compatible"),
        (ONE, takes(name="y"), "input-renamed breaking", "input-renamed breaking"),
        (ONE, gives(name="y"), "output-renamed breaking", "output-renamed breaking"),
        (ONE, takes(kind="composite"), "input-kind breaking", "input-kind breaking"),
        (ONE, replace(ONE, method="classify"), "method breaking", "method breaking"),
        (TWO, replace(TWO, inputs=(X,)), "input-missing breaking", "input-added breaking"),
    ],
)
def test_a_change_there_and_back(old, new, there, back):
    for before, now, wanted in ((old, new, there), (new, old, back)):
        shown = [" ".join(pair) for pair in found(before, now) if pair[1] != "noted"]
        assert shown == [wanted]


def test_a_scalar_is_not_a_tensor_of_any_rank():
    assert found(takes(shape=()), takes(shape=None)) == [("input-rank", "compatible")]
    assert found(takes(shape=()), takes(shape=(None,))) == [("input-rank", "breaking")]


def test_another_name_of_another_type_is_no_renaming():
    codes = [code for code, _ in found(ONE, takes(name="y", dtype="int32"))]
    assert codes == ["input-missing", "input-added"]


def test_a_second_output_takes_the_name_out_of_rest_answers_of_one():
    more = replace(ONE, outputs=(PROBS, IDS))
    assert ("output-added", "breaking") in found(ONE, more)
    third = replace(more, outputs=(*more.outputs, Tensor("z", "float32", (None, 4))))
    assert found(more, third) == [("output-added", "compatible")]
    assert ("output-missing", "breaking") in found(more, ONE)


def test_a_server_that_classifies_names_its_answers_anyway():
    old = replace(ONE, method="classify")
    assert ("output-added", "compatible") in found(old, replace(old, outputs=(PROBS, IDS)))


def test_callers_that_count_outputs_are_noted():
    third = replace(TWO, outputs=(*TWO.outputs, Tensor("embedding", "float32", (None, 4))))
    assert found(TWO, third) == [("output-added", "compatible"), ("output-order", "noted")]
    said = compare(contract(TWO), contract(third)).of("noted")[0]
    assert (said.old, said.new) == ("ids, probs", "embedding, ids, probs")


def test_signatures_that_went_and_came():
    other = replace(ONE, key="embed")
    changes = compare(contract(ONE), contract(other)).found
    assert [(c.code, c.severity) for c in changes] == [
        ("signature-missing", "breaking"),
        ("signature-added", "compatible"),
    ]
    assert changes[0].help.startswith("embed has all of it")
    assert compare(contract(ONE), contract(ONE, other)).breaking == ()


def test_a_broken_contract_names_everything_and_an_unbroken_one_nothing():
    changes = compare(contract(TWO), contract(replace(takes(dtype="int32"), key=TWO.key)))
    with pytest.raises(NotProved) as refused:
        changes.refuse("old")
    where = {problem.where for problem in refused.value.problems}
    assert where == {
        "signature serving_default, input x",
        "signature serving_default, input mask",
        "signature serving_default, output ids",
    }
    found = {p.where: (p.expected, p.found) for p in refused.value.problems}
    assert found["signature serving_default, input x"] == ("float32", "int32")
    compare(contract(TWO), contract(TWO)).refuse()

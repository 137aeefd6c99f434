from __future__ import annotations

import pytest

from tfmigrate.contract import Contract, Endpoint, Tensor, aliases, compare, of
from tfmigrate.errors import NotProved
from tfmigrate.tensors import Signature, TensorSpec

OLD = Contract((
    Endpoint(
        "serving_default",
        (Tensor("input_1", "float32", (None, 4)),),
        (Tensor("dense_3", "float32", (None, 2)),),
    ),
))  # fmt: skip
IN = TensorSpec("image", (None, 4), "float32")
OUT = TensorSpec("probs", (None, 2), "float32")
OTHER = TensorSpec("embedding", (None, 2), "float32")


def test_one_input_and_one_output_belong_together():
    new = Signature("latest", (IN,), (OUT,))
    (found,) = aliases(OLD, [new])
    assert (found.signature.key, found.of) == ("serving_default", "latest")
    assert (found.inputs, found.outputs) == ({"input_1": "image"}, {"dense_3": "probs"})
    assert found.signature.inputs == (TensorSpec("input_1", (None, 4), "float32"),)
    assert compare(OLD, of([new])).breaking
    assert not compare(OLD, of([new, found.signature])).breaking


def test_what_is_as_it_was_needs_none():
    same = Signature(
        "serving_default",
        (TensorSpec("input_1", (None, 4), "float32"),),
        (TensorSpec("dense_3", (None, 2), "float32"),),
    )
    assert aliases(OLD, [same]) == ()


def test_of_two_outputs_a_renaming_says_which():
    new = Signature("latest", (IN,), (OUT, OTHER))
    (found,) = aliases(OLD, [new], {"input_1": "image"}, {"dense_3": "probs"})
    assert found.outputs == {"dense_3": "probs"}
    with pytest.raises(NotProved) as refused:
        aliases(OLD, [new], {"input_1": "image"})
    assert "name by name" in refused.value.problems[0].what


def test_a_key_cannot_have_both_names():
    with pytest.raises(NotProved) as refused:
        aliases(OLD, [Signature("serving_default", (IN,), (OUT,))])
    assert "--signature" in refused.value.problems[0].help


def test_another_type_is_never_an_alias():
    with pytest.raises(NotProved):
        aliases(OLD, [Signature("latest", (TensorSpec("image", (None, 4), "int32"),), (OUT,))])


def test_two_that_fit_are_one_too_many():
    two = [Signature("a", (IN,), (OUT,)), Signature("b", (IN,), (OTHER,))]
    with pytest.raises(NotProved) as refused:
        aliases(OLD, two)
    assert refused.value.problems[0].found == "a, b"


def test_an_input_that_the_old_callers_do_not_send_has_no_alias():
    new = Signature("latest", (IN, TensorSpec("mask", (None, 4), "float32")), (OUT,))
    with pytest.raises(NotProved):
        aliases(OLD, [new], {"input_1": "image"})

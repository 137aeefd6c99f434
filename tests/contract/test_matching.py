from __future__ import annotations

from tfmigrate.contract.matching import Copies, Held, Other, Renamed, held, matched
from tfmigrate.tensors import TensorInfo


def values(**said: str) -> list[Held]:
    return [Held(name, "float32 (2,)", value) for name, value in said.items()]


def test_the_same_is_the_same():
    found = matched(values(a="1", b="2"), values(b="2", a="1"))
    assert bool(found)
    assert (found.same, found.renamed) == (2, ())


def test_the_same_value_under_another_name_is_no_difference():
    found = matched(values(a="1", b="2"), values(a="1", c="2"))
    assert bool(found)
    assert found.renamed == (Renamed("b", "c"),)


def test_names_that_swapped_their_values_are_told():
    found = matched(values(a="1", b="2"), values(a="2", b="1"))
    assert bool(found)
    assert set(found.renamed) == {Renamed("a", "b"), Renamed("b", "a")}


def test_another_value_under_the_same_name_is_a_difference():
    found = matched(values(a="1", b="2"), values(a="1", b="3"))
    assert not found
    assert found.changed == (Other("b", "float32 (2,)", "float32 (2,)"),)


def test_another_value_is_not_taken_for_a_copy_of_an_equal_one():
    """Biases are zeros in many layers: one that is not any more has changed."""
    found = matched(values(a="0", b="0"), values(a="0", b="7"))
    assert [c.name for c in found.changed] == ["b"]
    assert (found.copies, found.only_b) == ((), ())


def test_a_name_that_is_gone_is_paired_before_one_that_is_there():
    found = matched(values(a="0", d="0"), values(a="7", e="0"))
    assert found.renamed == (Renamed("d", "e"),)
    assert [c.name for c in found.changed] == ["a"]


def test_a_value_that_is_stored_twice_is_told_and_no_difference():
    found = matched(values(kernel="1"), values(x="1", y="1"))
    assert bool(found)
    assert found.copies == (Copies(("kernel",), ("x", "y")),)
    assert found.renamed == ()


def test_what_only_one_has_is_a_difference():
    gone = matched(values(a="1", b="2"), values(a="1"))
    assert not gone
    assert [h.name for h in gone.only_a] == ["b"]
    assert [h.name for h in matched(values(a="1"), values(a="1", b="2")).only_b] == ["b"]


def test_the_same_bytes_of_another_type_are_another_value():
    (one,) = values(a="1")
    found = matched([one], [Held("a", "int32 (2,)", "1")])
    assert found.changed == (Other("a", "float32 (2,)", "int32 (2,)"),)


def test_the_state_of_training_is_no_weight():
    tensors = [
        TensorInfo("w", (2,), "float32"),
        TensorInfo("w/Adam", (2,), "float32", training="optimizer slot"),
    ]
    assert held(tensors, {"w": "1", "w/Adam": "2"}) == (Held("w", "float32 (2,)", "1"),)

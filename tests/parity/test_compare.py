"""Every hole that comparators of the field are known to have, each with a case that must fail."""

import ml_dtypes
import numpy as np
import pytest

from tfmigrate.parity import tally as module
from tfmigrate.parity.compare import compare
from tfmigrate.tensors import Tolerance

X = np.linspace(-3, 3, 24, dtype="float32").reshape(4, 6)


def one(reference, got, tolerance=None):
    tolerances = {} if tolerance is None else {"y": Tolerance(*tolerance)}
    (verdict,) = compare([{"y": reference}], [{"y": got}], tolerances)
    return verdict


def changed(array, index, value):
    made = array.copy()
    made[index] = value
    return made


def test_equal_outputs_pass_and_say_with_what_tolerance():
    verdict = one(X, X.copy())
    assert verdict
    assert (verdict.elements, verdict.differing, verdict.max_abs, verdict.why) == (24, 0, 0.0, "")
    assert (verdict.dtype, verdict.shape) == ("float32", (4, 6))
    assert verdict.tolerance == Tolerance(1e-5, 1e-6)


def test_one_element_outside_fails_and_is_named():
    verdict = one(X, changed(X, (2, 3), X[2, 3] + 0.5))
    assert not verdict
    assert verdict.differing == 1
    assert verdict.worst == (0, 2, 3)
    assert verdict.max_abs == pytest.approx(0.5)
    assert verdict.why == "values differ by more than the tolerance"
    assert one(np.array([1]), np.array([2])).why == "values differ"


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_the_rule_is_atol_plus_rtol_times_the_reference(dtype):
    dtype = np.dtype(getattr(ml_dtypes, dtype, dtype))
    reference = np.array([[4.0, 0.0]]).astype(dtype)
    rtol, atol = 1 / 16, 1 / 4  # exact in every type: 4 may be off by 0.5, 0 by 0.25
    within = np.array([[4.5, 0.25]]).astype(dtype)
    assert one(reference, within, (rtol, atol))
    assert not one(reference, np.array([[4.53125, 0.25]]).astype(dtype), (rtol, atol))
    assert not one(reference, np.array([[4.5, 0.3]]).astype(dtype), (rtol, atol))
    # Not symmetric: the reference decides what is allowed.
    assert not one(np.array([[0.0]]).astype(dtype), np.array([[4.0]]).astype(dtype), (1.0, 0.0))


def test_needed_is_the_atol_that_would_have_been_enough():
    got = X + np.float32(0.01)
    verdict = one(X, got, (1e-5, 1e-6))
    assert not verdict
    assert one(X, got, (1e-5, verdict.needed))
    assert not one(X, got, (1e-5, verdict.needed * 0.999))


@pytest.mark.parametrize(
    ("dtype", "rtol", "atol"),
    [("float32", 1e-5, 1e-6), ("float64", 1e-5, 1e-6), ("float16", 1e-2, 1e-3)],
)
def test_default_tolerances(dtype, rtol, atol):
    reference = np.array([[0.0, 1.0]], dtype)
    assert one(reference, (reference + 0.9 * atol).astype(dtype))
    assert not one(reference, (reference + np.array([[0, 2.5 * (rtol + atol)]])).astype(dtype))
    assert not one(reference, (reference + np.array([[2.5 * atol, 0]])).astype(dtype))


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool", "S3", "U3", "object"])
def test_discrete_outputs_are_exact_in_every_element(dtype):
    reference = np.array([[0, 1, 1, 0]]).astype(dtype)
    wrong = np.array([[0, 1, 1, 1]]).astype(dtype)
    assert one(reference, reference.copy(), (1e9, 1e9))
    verdict = one(reference, wrong, (1e9, 1e9))
    assert not verdict
    assert verdict.differing == 1
    assert verdict.tolerance is None


def test_large_integers_are_not_compared_as_floats():
    assert not one(np.array([2**53]), np.array([2**53 + 1]))
    assert not one(np.array([2**64 - 1], "uint64"), np.array([2**64 - 2], "uint64"))


def test_strings_are_one_type_in_every_form():
    forms = [np.array(["ab", "é"]), np.array([b"ab", "é".encode()], dtype=object)]
    assert one(forms[0], forms[1])
    assert one(*forms[::-1]).dtype == "string"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_that_the_reference_has_not(value):
    verdict = one(X, changed(X, (0, 0), value), (1.0, 1e30))
    assert not verdict
    assert "by NaN or infinity" in verdict.why
    assert verdict.worst == (0, 0, 0)
    assert np.isfinite([verdict.max_abs, verdict.max_rel, verdict.needed]).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_that_only_the_reference_has(value):
    # atol + rtol * inf would allow everything.
    assert not one(changed(X, (0, 0), value), X)


def test_the_same_nan_and_infinity_on_both_sides_pass():
    for value in (np.nan, np.inf, -np.inf):
        special = changed(X, (1, 1), value)
        assert one(special, special.copy())
    assert not one(changed(X, (1, 1), np.inf), changed(X, (1, 1), -np.inf))
    assert not one(changed(X, (1, 1), np.inf), changed(X, (1, 1), np.nan))


def test_differences_beyond_float64_fail():
    verdict = one(np.array([1e308]), np.array([-1e308]))
    assert not verdict
    assert np.isfinite([verdict.max_abs, verdict.max_rel, verdict.needed]).all()


def test_complex_outputs_use_the_modulus():
    assert one(np.array([3 + 4j]), np.array([3 + 4j + 4e-5]))
    assert not one(np.array([3 + 4j]), np.array([3 - 4j]))


def test_a_missing_output_fails_and_names_what_is_there_instead():
    first, second = compare([{"probs": X}], [{"probs_1": X}])
    assert (first.name, bool(first), first.why) == (
        "probs", False, "missing; probs_1 is there instead",
    )  # fmt: skip
    assert (second.name, bool(second)) == ("probs_1", False)
    assert second.why == "the reference has no output of that name"


def test_an_additional_output_fails():
    verdicts = compare([{"y": X}], [{"y": X, "z": X}])
    assert [(v.name, v.passed) for v in verdicts] == [("y", True), ("z", False)]


def test_an_output_missing_in_one_probe_fails():
    both = [{"y": X, "z": X}, {"y": X, "z": X}]
    verdicts = {v.name: v for v in compare(both, [both[0], {"y": X}])}
    assert verdicts["y"]
    assert not verdicts["z"]
    assert not compare([both[0], {"y": X}], both)[1]


def test_swapped_outputs_fail_each():
    assert [bool(v) for v in compare([{"a": X, "b": -X}], [{"a": -X, "b": X}])] == [False, False]


@pytest.mark.parametrize("dtype", ["float64", "float16", "int32"])
def test_another_type_fails(dtype):
    verdict = one(np.zeros(3, "float32"), np.zeros(3, dtype))
    assert not verdict
    assert verdict.why == f"type {dtype}, the reference has float32"


@pytest.mark.parametrize("shape", [(24,), (6, 4), (4, 6, 1), (1, 4, 6), (4, 1), ()])
def test_another_shape_fails_even_where_it_would_broadcast(shape):
    constant = np.ones((4, 6), "float32")
    verdict = one(constant, np.ones(shape, "float32"))
    assert not verdict
    assert "the reference has (4, 6)" in verdict.why


def test_a_difference_in_a_later_probe_is_not_averaged_away():
    reference = [{"y": X}, {"y": X}, {"y": X[:1]}]
    got = [{"y": X}, {"y": X}, {"y": changed(X[:1], (0, 5), 9)}]
    (verdict,) = compare(reference, got)
    assert not verdict
    assert verdict.worst == (2, 0, 5)


@pytest.mark.parametrize(
    ("reference", "got"), [([], []), ([{"y": X}], []), ([{}], [{}]), ([{"y": X}], [{"y": X}] * 2)]
)
def test_nothing_to_compare_is_an_error_not_a_pass(reference, got):
    with pytest.raises(ValueError, match=r"cannot be compared|no outputs"):
        compare(reference, got)


def test_one_flipped_bit_in_an_exact_output_fails():
    reference = np.arange(1000, dtype="int64")
    raw = bytearray(reference.tobytes())
    raw[4321] ^= 0x10
    assert not one(reference, np.frombuffer(raw, "int64"))


def test_chunks_see_every_element(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 7)
    for at in range(24):
        index = np.unravel_index(at, X.shape)
        verdict = one(X, changed(X, index, 99))
        assert not verdict
        assert verdict.worst == (0, *index)


def test_views_that_are_not_contiguous_are_compared_in_order():
    assert one(X.T, np.ascontiguousarray(X.T))
    assert not one(X.T, np.ascontiguousarray(X).reshape(6, 4))


def test_scalars():
    assert one(np.float32(1), np.float32(1))
    assert not one(np.float32(1), np.float32(2))


@pytest.mark.parametrize("dtype", ["float32", "int64", "object"])
def test_no_element_proves_nothing(dtype):
    nothing, something = np.zeros((0, 3), dtype), np.ones((2, 3), dtype)
    verdict = one(nothing, nothing)
    assert not verdict
    assert (verdict.why, verdict.elements) == ("no element was compared", 0)
    assert one(nothing, np.zeros((0, 4), dtype)).why.startswith("shape")
    (verdict,) = compare([{"y": nothing}, {"y": something}], [{"y": nothing}, {"y": something}])
    assert verdict

import numpy as np
import pytest

from tfmigrate.parity import probes
from tfmigrate.parity.probes import make_probes
from tfmigrate.tensors import Hint, TensorSpec


def special(shape, dtype, hint=None, **others):
    """The last probe, of one input and perhaps others."""
    specs = [TensorSpec("x", shape, dtype), *(TensorSpec(n, *s) for n, s in others.items())]
    made = make_probes(specs, {"x": hint} if hint else {}, samples=2, extremes=True)
    assert len(made) == 3
    return made[-1]["x"]


def test_zeros_ones_and_an_extreme_are_three_samples():
    made = special((None, 2, 2), "float32")
    assert made.tolist() == [[[0, 0], [0, 0]], [[1, 1], [1, 1]], [[-6, 6], [-6, 6]]]
    assert special((None, None), "float32").shape == (3, 8)


def test_random_probes_are_what_they_were():
    spec = [TensorSpec("x", (None, 3), "float32")]
    plain, more = make_probes(spec), make_probes(spec, extremes=True)
    assert len(more) == len(plain) + 1
    assert all(np.array_equal(a["x"], b["x"]) for a, b in zip(plain, more, strict=False))


@pytest.mark.parametrize(
    ("dtype", "hint", "expected"),
    [
        ("int32", None, [[0, 0], [1, 1], [0, 1]]),
        ("int32", Hint(0, 50), [[0, 0], [1, 1], [0, 49]]),
        ("int32", Hint(5, 9), [[5, 5], [5, 5], [5, 8]]),
        ("uint8", Hint(0, 256), [[0, 0], [1, 1], [0, 255]]),
        ("int32", Hint(0, 9, rows=9, kind="padded"), [[1, 0], [1, 1], [1, 0]]),
        ("float32", Hint(0, 9, rows=9, kind="ids"), [[0, 0], [1, 1], [0, 8]]),
        ("float32", Hint(2, 3), [[2, 2], [2, 2], [2, np.nextafter(np.float32(3), 0)]]),
        ("float32", Hint(centre=(50.0, 0.5), scale=(1.0, 2.0)), [[44, 0], [44, 1], [44, 12.5]]),
        ("int64", Hint(words=("4", "7", "9")), [[4, 4], [9, 9], [4, 9]]),
        ("bool", None, [[False, False], [True, True], [False, True]]),
        ("bool", Hint(kind="mask"), [[True, False], [True, True], [True, False]]),
        ("bfloat16", None, [[0, 0], [1, 1], [-6, 6]]),
    ],
)
def test_every_value_is_legal(dtype, hint, expected):
    made = special((None, 2), dtype, hint)
    np.testing.assert_array_equal(made.astype("float64"), np.array(expected, "float64"))


def test_a_step_of_a_masked_sequence_is_always_real():
    zeros, ones, odd = special((None, 3, 2), "float32", Hint(kind="steps"))
    assert zeros.tolist() == [[1, 1], [0, 0], [0, 0]]
    assert ones.tolist() == [[1, 1]] * 3
    assert odd.tolist() == [[-6, 6], [-6, 6], [0, 0]]


def test_lengths_are_from_one_to_all():
    made = special((None, 1), "int32", Hint(kind="length"), other=((None, 7, 2), "float32"))
    assert made.tolist() == [[1], [7], [4]]


def test_text_is_empty_short_and_odd_where_any_will_do():
    empty, short, odd = special((None,), "string")
    assert (empty, short) == (b"", b"1")
    assert len(odd) > 500
    assert "\U0001f642" in odd.decode()
    assert special((None,), "string", Hint(words=("a", "b")))[:3].tolist() == [b"a", b"a", b"b"]
    assert special((None,), "string", Hint(words=("a", "")))[0] == b""
    made = special((None,), "string", Hint(words=("a", "b"), kind="text"))
    assert made[:2].tolist() == [b"a", b"b"]  # an empty text has nothing that is not masked
    assert len(made[2]) > 500


def test_a_fixed_batch_gets_bands():
    made = special((1, 9), "float32")
    assert made.tolist() == [[0, 0, 0, 1, 1, 1, -6, 6, -6]]
    words = special((1, 6), "string", Hint(words=("a", "b")))
    assert b"".join(words[0]) == b"aaaabb"
    assert special((2, 4), "bool", Hint(kind="mask")).tolist() == [[True, True, False, False]] * 2


def test_a_big_sample_is_one_and_not_three():
    assert special((None, 100, 300), "float32").shape == (1, 100, 300)


@pytest.mark.parametrize(("dtype", "value"), [("bool", 0), ("int32", 0), ("float32", 1)])
def test_a_switch_is_off_and_a_share_is_whole(dtype, value):
    assert special((), dtype, x2=((None, 3), "float32")) == value


def test_it_is_left_out_where_there_is_no_room(monkeypatch):
    spec = [TensorSpec("x", (None, 10), "float32")]
    monkeypatch.setattr(probes, "EACH", 0)
    monkeypatch.setattr(probes, "LIMIT", (1 + 2 + 3) * 40)
    assert len(make_probes(spec, samples=2, extremes=True)) == 3
    monkeypatch.setattr(probes, "LIMIT", (1 + 2 + 3) * 40 - 1)
    assert len(make_probes(spec, samples=2, extremes=True)) == 2

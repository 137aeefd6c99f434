"""What single layers say, as far as no Keras is needed for it."""

from types import SimpleNamespace

import pytest

from tfmigrate.engines.hints.layers import both, declared, hint
from tfmigrate.engines.hints.readers import Reader
from tfmigrate.tensors import Hint, TensorSpec

FLOATS = TensorSpec("x", (None, 4, 4, 3), "float32")
BYTES = TensorSpec("x", (None, 4, 4, 3), "uint8")


def says(kind, spec=FLOATS, **values):
    layer = type(kind, (), values)()
    return hint(Reader(layer, 0), spec)


@pytest.mark.parametrize(
    ("scale", "offset", "spec", "expected"),
    [
        (1 / 255, 0, FLOATS, Hint(0, 255)),
        (0.00392156862745098, 0.0, BYTES, Hint(0, 256)),
        (0.003921569, 0, FLOATS, Hint(0, 255)),
        (1 / 127.5, -1, FLOATS, Hint(0, 255)),
        (1 / 255, -0.5, FLOATS, Hint(0, 255)),
        (2.0, -1.0, FLOATS, Hint(0, 1)),
        ([1 / 127.5] * 3, [-1.0, -1.0, -1.0], FLOATS, Hint(0, 255)),
        (0.0, 1.0, FLOATS, None),
        (float("nan"), 0.0, FLOATS, None),
    ],
)
def test_rescaling(scale, offset, spec, expected):
    assert says("Rescaling", spec, scale=scale, offset=offset) == expected


def normal(mean, variance, **more):
    return says("Normalization", mean=mean, variance=variance, **more)


def test_normalization():
    assert normal([1.0, 2.0, 3.0], [4.0, 4.0, 0.0]) == Hint(
        centre=(1.0, 2.0, 3.0), scale=(2.0, 2.0, 0.0)
    )
    assert normal([[2.0, 4.0]], [[3.0, 5.0]]) == Hint(centre=(3.0,), scale=(2.0,))
    assert normal([1.0] * 3, [float("inf")] * 3) is None
    assert normal(None, None) is None
    assert normal([1.0], [1.0], invert=True) is None


def test_other_layers():
    ints = TensorSpec("x", (None, 1), "int64")
    assert says("Hashing", ints, num_bins=7) == Hint(0, 70)
    assert says("Hashing", TensorSpec("x", (None, 1), "string"), num_bins=7) is None
    assert says("CategoryEncoding", ints, num_tokens=7) == Hint(0, 7, kind="ids")
    assert says("Discretization", bin_boundaries=None) is None
    assert says("Dense") is None
    vectors = TensorSpec("x", (None, 5, 2), "float32")
    assert says("Masking", vectors, mask_value=0.0) == Hint(kind="steps")
    assert says("Masking", vectors, mask_value=-1.0) is None
    assert says("Masking", FLOATS, mask_value=0.0) is None
    expression = SimpleNamespace(input_ranges={0: (2, 5)})
    assert hint(Reader(expression, 0), ints) == Hint(2, 5)
    assert hint(Reader(expression, 1), ints) is None


def test_a_declared_range():
    assert declared(Reader(SimpleNamespace(value_range=(0, 255)), 0), FLOATS) == Hint(0, 255)
    assert declared(Reader(SimpleNamespace(_value_range=[0, 255]), 0), BYTES) == Hint(0, 256)
    for odd in ((0, 0), (1,), None, "01"):
        assert declared(Reader(SimpleNamespace(value_range=odd), 0), FLOATS) is None


def test_two_readers_of_one_input():
    one, other = Hint(0, 9, rows=9, kind="ids"), Hint(0, 7, rows=7, kind="padded")
    assert both(one, other) == both(other, one) == Hint(0, 7, rows=7, kind="padded")
    assert both(Hint(0, 2), Hint(5, 9)) == Hint(0, 2)
    known = Hint(centre=(1.0,), scale=(2.0,))
    assert both(Hint(), known) == both(known, Hint()) == known

import numpy as np
import pytest

PIXELS = np.arange(256, dtype=np.uint8).reshape(1, 256)


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ({"to": [0, 1]}, PIXELS / 255),
        ({"to": [-1, 1]}, PIXELS / 127.5 - 1),
        ({"from": [-10, 10], "to": [0, 5]}, (PIXELS.astype(float) + 10) / 4),
        ({"divide": 255}, PIXELS / 255),
        ({"divide": 2, "offset": -3}, PIXELS / 2 - 3),
        ({"multiply": 0, "offset": 1}, PIXELS * 0.0 + 1),
    ],
)
def test_scale(args, wanted, same):
    found = same([{"scale": args}], PIXELS, traced=True)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)


def test_a_division_is_one(same):
    found = same([{"scale": {"divide": 255}}], PIXELS, traced=True)
    np.testing.assert_array_equal(found, PIXELS.astype(np.float32) / np.float32(255))


def test_doubles_stay_doubles(same, rng):
    x = rng.random((3, 2))
    np.testing.assert_array_equal(same([{"scale": {"multiply": 0.1}}], x, "output"), x * 0.1)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64"])
def test_a_cast_stops_at_what_the_dtype_holds(dtype, same):
    x = np.float32([[-1e20, -300.7, -1.5, -0.5, 0.5, 1.5, 2.5, 254.9, 255.5, 3e9, 1e20]])
    found = same([{"cast": dtype}], x)
    if dtype in ("uint8", "int8"):
        info = np.iinfo(dtype)
        np.testing.assert_array_equal(found, np.trunc(np.clip(x, info.min, info.max)))
    assert (np.diff(found) >= 0).all()
    assert abs(found[0, -1] / float(np.iinfo(dtype).max) - 1) < 1e-6
    rounded = same([{"cast": {"dtype": dtype, "round": True}}], x)
    if dtype == "int64":
        assert rounded[0, 2:9].tolist() == [-2, 0, 0, 2, 2, 255, 256]  # ties to even


def test_floats_become_other_floats(same):
    x = np.float32([[1e20, -0.1, 2049]])
    assert same([{"cast": "float16"}], x).tolist() == [[np.inf, np.float16(-0.1), 2048]]
    np.testing.assert_array_equal(same([{"cast": "float64"}], x), x.astype(float))


@pytest.mark.parametrize(
    ("x", "dtype", "wanted"),
    [
        (np.int64([[-5, 7, 300]]), "uint8", [0, 7, 255]),
        (np.uint8([[3, 200]]), "int8", [3, 127]),
        (np.int32([[-5, 7]]), "int64", [-5, 7]),
        (np.array([[True, False]]), "float32", [1, 0]),
    ],
)
def test_whole_numbers_do_not_wrap(x, dtype, wanted, same):
    assert same([{"cast": dtype}], x)[0].tolist() == wanted

import numpy as np
import pytest

from tfmigrate.processing import prepare
from tfmigrate.processing.pictures import decoded
from tfmigrate.tensors import TensorSpec

RESIZE = {"resize": {"size": [9, 11], "method": "area"}}


@pytest.fixture
def made(tmp_path, rng):
    (tmp_path / "v.txt").write_text("cat\ndog\n[UNK]\n")

    def run(steps, shape, dtype, count=8):
        spec = TensorSpec("x", shape, dtype)
        chain = prepare(steps, tmp_path, "input")
        values = chain.examples(rng, count, spec)
        assert chain.plain(values).shape[0] == count
        return values

    return run


@pytest.mark.parametrize("kind", ["jpeg", "png", "any"])
@pytest.mark.parametrize("size", [RESIZE, {"crop": 90}, {"pad_image": [70, 50]}])
def test_images_fit_the_steps(kind, size, made):
    found = made([{"decode": kind}, size], (None,), "string")
    heads = {data[:2] for data in found}
    assert heads == {"jpeg": {b"\xff\xd8"}, "png": {b"\x89P"}}.get(kind, {b"\xff\xd8", b"\x89P"})


def test_some_images_are_smaller_than_a_resize_and_some_larger(made):
    found = made([{"decode": "png"}, {"resize": {"size": 70, "method": "area"}}], (None,), "string")
    heights = [decoded(data, 3).shape[0] for data in found]
    assert min(heights) < 70 < max(heights) <= 105


def test_texts_hold_known_words_and_others(made):
    lookup = {"lookup": {"vocabulary": "v.txt", "unknown": "[UNK]"}}
    found = made(["lower", "split", lookup, {"pad": 6}], (None,), "string")
    assert b"" in found
    assert b"dog" in b" ".join(found).lower()
    words = made([lookup], (None,), "string")
    assert {b"cat", b"dog"} & set(words)
    assert set(words) - {b"cat", b"dog", b"[UNK]"}


def test_numbers_are_what_the_steps_take(made):
    ids = made([{"one_hot": 5}], (None,), "int64", 200)
    assert set(ids.tolist()) == set(range(-1, 7))
    pixels = made([RESIZE, {"scale": {"to": [0, 1]}}], (None, None, None, 3), "uint8")
    assert (pixels.dtype, pixels.ndim) == (np.uint8, 4)
    assert pixels.max() > 150
    floats = made([{"scale": {"from": [-1, 1], "to": [0, 1]}}], (None, 7), "float32", 50)
    assert floats.shape == (50, 7)
    assert -1 <= floats.min() < -0.8


def test_the_same_seed_gives_the_same(tmp_path):
    chain = prepare([{"decode": "any"}, RESIZE], tmp_path, "input")
    spec = TensorSpec("x", (None,), "string")
    found = [chain.examples(np.random.default_rng(3), 4, spec).tolist() for _ in range(2)]
    assert found[0] == found[1]

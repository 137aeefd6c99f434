"""Differences are of 255; noise is the worst case there is, photos differ less."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import prepare
from tfmigrate.tensors import TensorSpec

FILTERS = ["bilinear", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"]
SIZES = [[24, 40], [1, 1], [90, 13]]
# TensorFlow sums in float32.
ROUNDING = 2e-3


@pytest.fixture
def noise(rng):
    return rng.integers(0, 256, (2, 37, 53, 3)).astype(np.uint8)


def _resize(**args):
    return [{"resize": args}]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("method", FILTERS)
def test_filters_are_those_of_tensorflow_2(method, antialias, size, both, noise):
    import tensorflow as tf

    graph, plain = both(_resize(size=size, method=method, antialias=antialias), noise)
    wanted = tf.image.resize(noise, size, method, antialias=antialias).numpy()
    np.testing.assert_array_equal(graph, wanted)
    np.testing.assert_allclose(plain, graph, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("size", SIZES)
def test_area_and_nearest_are_those_of_tensorflow_2(size, both, same, noise):
    import tensorflow as tf

    area, plain = both(_resize(size=size, method="area"), noise)
    np.testing.assert_array_equal(area, tf.image.resize(noise, size, "area").numpy())
    np.testing.assert_allclose(plain, area, rtol=0, atol=ROUNDING)
    nearest = same(_resize(size=size, method="nearest"), noise)
    np.testing.assert_array_equal(nearest, tf.image.resize(noise, size, "nearest").numpy())
    assert nearest.dtype == np.uint8


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("centers", ["legacy", "align_corners"])
@pytest.mark.parametrize("method", ["nearest", "bilinear", "bicubic"])
def test_the_modes_of_tensorflow_1(method, centers, size, both, noise):
    import tensorflow as tf

    graph, plain = both(_resize(size=size, method=method, centers=centers), noise)
    wanted = tf.compat.v1.image.resize_images(
        noise, size, tf.compat.v1.image.ResizeMethod.__dict__[
            {"nearest": "NEAREST_NEIGHBOR"}.get(method, method.upper())
        ], align_corners=centers == "align_corners",
    ).numpy()  # fmt: skip
    np.testing.assert_array_equal(graph, wanted)
    np.testing.assert_allclose(plain, graph, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize(
    ("method", "of_photos", "of_noise"),
    [("bilinear", 1.05, 1.05), ("bicubic", 1.2, 16), ("lanczos3", 1.2, 36)],
)
def test_with_antialias_it_is_pillow_up_to_its_rounding(
    method, of_photos, of_noise, both, photo, noise
):
    """Pillow rounds to whole numbers from 0 to 255 after the width and after the height."""
    filter = {"lanczos3": "LANCZOS"}.get(method, method.upper())
    for pixels, most in ((photo(61, 47)[None], of_photos), (noise, of_noise)):
        for high, wide in ([24, 40], [90, 13], [70, 80]):
            steps = _resize(size=[high, wide], method=method, antialias=True)
            _, plain = both(steps, pixels)
            wanted = [
                np.asarray(Image.fromarray(p).resize((wide, high), Image.Resampling[filter]))
                for p in pixels
            ]
            assert np.abs(np.clip(plain, 0, 255) - wanted).max() <= most


def _pillow(pixels, high, wide, method):
    """By Pillow, first the width: Pillow 13 starts with the height where that is less work."""
    filter = Image.Resampling[{"lanczos3": "LANCZOS"}.get(method, method.upper())]
    image = Image.fromarray(pixels.squeeze())
    image = image.resize((wide, image.height), filter).resize((wide, high), filter)
    return np.reshape(image, (high, wide, pixels.shape[2]))


@pytest.mark.parametrize("method", ["nearest", "bilinear", "bicubic", "lanczos3"])
def test_like_pillow_is_pillow_bit_for_bit(method, same, noise, photo):
    for pixels in (photo(61, 47)[None], photo(20, 33, 1)[None], noise):
        for high, wide in ([24, 40], [90, 13], [70, 80], [37, 1]):
            found = same(_resize(size=[high, wide], method=method, like="pillow"), pixels)
            wanted = [_pillow(p, high, wide, method) for p in pixels]
            np.testing.assert_array_equal(found, wanted)


def test_like_pillow_rounds_where_pillow_does(tmp_path):
    """Which pixel is the nearest, for every pair of lengths: the sum of steps decides."""
    import tensorflow as tf

    from tfmigrate.processing import pillow

    nearest = tf.function(pillow._nearest, input_signature=[tf.TensorSpec([], tf.int32)] * 2)
    for length in (7, 20, 64, 255):
        line = Image.fromarray(np.arange(length, dtype=np.uint8)[None])
        for size in range(1, 120):
            wanted = np.asarray(line.resize((size, 1), Image.Resampling.NEAREST))[0]
            np.testing.assert_array_equal(nearest(length, size), wanted)


def test_what_is_traced_knows_nothing_of_the_size(rng):
    """The size of an image is a tensor there, and so are all that follow from it."""
    import tensorflow as tf

    pixels = rng.integers(0, 256, (1, 30, 44, 3)).astype(np.uint8)
    for more in ({"like": "pillow"}, {"keep_aspect": "pad", "like": "pillow"}):
        chain = prepare(_resize(size=[16, 21], method="lanczos3", **more), Path(), "input")
        free = tf.TensorSpec([None, None, None, 3], tf.uint8)
        found = tf.function(chain.graph, input_signature=[free])(pixels)
        np.testing.assert_array_equal(found, chain.plain(pixels))


@pytest.mark.parametrize("shape", [(37, 53), (53, 37), (20, 20), (7, 90)])
def test_the_shorter_side_decides(shape, both, rng):
    pixels = rng.integers(0, 256, (1, *shape, 3)).astype(np.uint8)
    steps = _resize(size=16, method="bilinear", antialias=False, keep_aspect="shorter_side")
    graph, plain = both(steps, pixels)
    least = min(shape)
    assert graph.shape[1:3] == tuple(n * 16 // least for n in shape)
    np.testing.assert_allclose(plain, graph, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("shape", [(37, 53), (53, 37), (20, 20), (7, 200)])
def test_a_margin_keeps_the_proportions(shape, both, rng):
    pixels = rng.integers(1, 256, (1, *shape, 3)).astype(np.uint8)
    steps = _resize(size=[16, 24], method="area", keep_aspect="pad", value=-9)
    graph, plain = both(steps, pixels)
    np.testing.assert_allclose(plain, graph, rtol=0, atol=ROUNDING)
    image = graph[0, ..., 0] != -9
    high, wide = image.any(1).sum(), image.any(0).sum()
    assert high == 16 or wide == 24
    assert image.sum() == high * wide
    assert abs(high / wide - shape[0] / shape[1]) * wide <= 1 or high == 1


def test_what_comes_out_is_known(tmp_path):
    def spec(shape, **args):
        chain = prepare(_resize(**args), tmp_path, "input")
        return chain.spec(TensorSpec("x", shape, "uint8"))

    free = (None, None, None, 3)
    assert spec(free, size=8, method="nearest") == TensorSpec("x", (None, 8, 8, 3), "uint8")
    assert spec(free, size=8, method="area").dtype == "float32"
    kept = {"size": 8, "method": "area", "keep_aspect": "shorter_side"}
    assert spec(free, **kept).shape == free
    assert spec((None, 20, 30, 3), **kept).shape == (None, 8, 12, 3)
    with pytest.raises(RecipeProblem, match="do not fit the model's input"):
        spec((None, 4), **kept)

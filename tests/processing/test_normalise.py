import numpy as np
import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import prepare
from tfmigrate.tensors import TensorSpec


@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
@pytest.mark.parametrize("preset", ["caffe", "torch", "tf"])
def test_presets_are_those_of_keras_bit_for_bit(preset, layout, same, rng):
    from keras.applications.imagenet_utils import preprocess_input

    for dtype in (np.uint8, np.float32):
        pixels = rng.integers(0, 256, (2, 5, 6, 3)).astype(dtype)
        if layout == "channels_first":
            pixels = pixels.transpose(0, 3, 1, 2).copy()
        wanted = preprocess_input(pixels.copy(), data_format=layout, mode=preset)
        found = same([{"normalise": {"preset": preset, "layout": layout}}], pixels, traced=True)
        np.testing.assert_array_equal(found, wanted)
        assert found.dtype == np.float32


def test_a_mean_and_a_deviation(same, rng):
    x = rng.random((4, 3)).astype(np.float32)
    found = same([{"normalise": {"mean": [1, 2, 3], "std": [4, 5, 6]}}], x, traced=True)
    np.testing.assert_allclose(found, (x - [1, 2, 3]) / [4, 5, 6], rtol=1e-6)
    np.testing.assert_array_equal(same([{"normalise": {"mean": 2}}], x), x - 2)


@pytest.mark.parametrize(
    ("args", "shape"),
    [("caffe", (None, 3, 8, 8)), ({"mean": [1, 2]}, (None, 3)), ("torch", (None, 8, 8, None))],
)
def test_the_channels_must_be_as_many(args, shape, tmp_path):
    chain = prepare([{"normalise": args}], tmp_path, "input")
    with pytest.raises(RecipeProblem) as caught:
        chain.spec(TensorSpec("x", shape, "uint8"))
    assert "has numbers for" in caught.value.problems[0].what

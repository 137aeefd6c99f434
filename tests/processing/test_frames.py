import numpy as np
import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import Misfit, prepare
from tfmigrate.tensors import TensorSpec


@pytest.mark.parametrize("shape", [(9, 12), (10, 7), (8, 6)])
def test_a_crop_is_the_middle(shape, same, rng):
    import tensorflow as tf

    pixels = rng.integers(0, 256, (2, *shape, 3)).astype(np.uint8)
    found = same([{"crop": [8, 6]}], pixels)
    np.testing.assert_array_equal(found, tf.image.resize_with_crop_or_pad(pixels, 8, 6))


@pytest.mark.parametrize("fraction", [0.875, 0.5, 0.33, 1])
@pytest.mark.parametrize("shape", [(9, 12), (10, 7), (299, 300)])
def test_a_fraction_is_that_of_tensorflow(shape, fraction, same, rng):
    import tensorflow as tf

    pixels = rng.integers(0, 256, (1, *shape, 1)).astype(np.uint8)
    found = same([{"crop": {"fraction": fraction}}], pixels)
    np.testing.assert_array_equal(found, tf.image.central_crop(pixels, fraction))


def test_too_small_an_image_is_an_error_everywhere(tmp_path, rng):
    import tensorflow as tf

    chain = prepare([{"crop": 8}], tmp_path, "input")
    small = rng.integers(0, 256, (1, 9, 7, 3)).astype(np.uint8)
    free = tf.TensorSpec([None, None, None, 3], tf.uint8)
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.function(chain.graph, input_signature=[free])(small)
    with pytest.raises(RecipeProblem) as caught:
        chain.spec(TensorSpec("x", (None, 9, 7, 3), "uint8"))
    assert caught.value.problems[0].what == "step 1, crop: the images are smaller than that"
    with pytest.raises(Misfit, match="smaller than the crop"):
        chain.links[0].step.plain(small, chain.links[0].args)


@pytest.mark.parametrize("shape", [(9, 12), (10, 7), (4, 5)])
def test_a_margin_is_all_round(shape, same, rng):
    import tensorflow as tf

    pixels = rng.integers(1, 256, (2, *shape, 3)).astype(np.uint8)
    found = same([{"pad_image": [10, 12]}], pixels)
    np.testing.assert_array_equal(found, tf.image.resize_with_crop_or_pad(pixels, 10, 12))
    assert same([{"pad_image": {"size": [11, 13], "value": 77}}], pixels)[0, -1, -1, 0] == 77

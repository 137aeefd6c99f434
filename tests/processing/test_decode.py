import io

import numpy as np
import pytest
from PIL import Image

from tfmigrate.errors import RecipeProblem
from tfmigrate.processing import prepare
from tfmigrate.tensors import TensorSpec

FIXED = {"crop": {"size": [8, 8]}}


def _pillow(data, mode="RGB"):
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert(mode))
    top, left = (pixels.shape[0] - 8) // 2, (pixels.shape[1] - 8) // 2
    return pixels[top : top + 8, left : left + 8].reshape(8, 8, -1)


@pytest.mark.parametrize("kind", ["jpeg", "any"])
def test_jpeg_is_decoded_exactly_as_pillow_does(kind, same, photo, stored, texts):
    files = [
        stored(photo(20, 31), "JPEG", quality=95),
        stored(photo(9, 8), "JPEG", subsampling="4:4:4"),
        stored(photo(40, 30), "JPEG", quality=60, progressive=True),
        stored(photo(12, 12, 1), "JPEG"),
        stored(Image.fromarray(photo(16, 16)).convert("CMYK"), "JPEG"),
    ]
    found = same([{"decode": kind}, FIXED], texts(*files), traced=True)
    np.testing.assert_array_equal(found, [_pillow(data) for data in files])


def test_tensorflow_s_own_default_is_another(photo, stored):
    import tensorflow as tf

    data = stored(photo(40, 40), "JPEG", quality=95, subsampling="4:4:4")
    fast = tf.io.decode_jpeg(data, 3).numpy().astype(int)
    assert 0 < np.abs(fast - np.asarray(Image.open(io.BytesIO(data)))).max() <= 12


@pytest.mark.parametrize("progressive", [False, True])
def test_gray_from_jpeg_is_its_brightness(progressive, same, photo, stored, texts):
    data = stored(photo(20, 31), "JPEG", progressive=progressive)
    found = same([{"decode": {"image": "jpeg", "channels": 1}}, FIXED], texts(data))
    image = Image.open(io.BytesIO(data))
    image.draft("L", image.size)
    assert np.abs(found[0, ..., 0].astype(int) - np.asarray(image)[6:14, 11:19]).max() == 0


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("RGB", 3), ("RGB", 4), ("RGBA", 3), ("RGBA", 4), ("L", 1), ("L", 3), ("P", 3), ("1", 3)],
)
def test_png_is_decoded_exactly_as_pillow_does(mode, channels, same, photo, stored, texts):
    data = stored(Image.fromarray(photo(20, 31)).convert(mode), "PNG")
    found = same([{"decode": {"image": "png", "channels": channels}}, FIXED], texts(data))
    wanted = _pillow(data, {1: "L", 3: "RGB", 4: "RGBA"}[channels])
    np.testing.assert_array_equal(found[0], wanted)


def test_any_takes_every_format_in_one_batch(same, photo, stored, texts):
    files = [stored(photo(11, 14), kind) for kind in ("JPEG", "PNG", "BMP", "GIF")]
    frames = [Image.fromarray(photo(10, 10)) for _ in range(2)]
    files.append(stored(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    found = same([{"decode": "any"}, FIXED], texts(*files), traced=True)
    np.testing.assert_array_equal(found, [_pillow(data) for data in files])


def test_what_is_no_image_fails_and_gives_no_pixels(tmp_path):
    import tensorflow as tf

    chain = prepare([{"decode": "any"}, FIXED], tmp_path, "input")
    with pytest.raises(tf.errors.InvalidArgumentError):
        chain.graph(tf.constant([b"no image"]))


def test_it_takes_one_string_a_sample(tmp_path):
    chain = prepare(["lower", {"decode": "png"}], tmp_path, "input", "$.steps")
    with pytest.raises(RecipeProblem) as caught:
        chain.spec(TensorSpec("x", (None, 3), "string"))
    (problem,) = caught.value.problems
    assert problem.path == "$.steps[1].decode"
    assert problem.what == "step 2, decode: takes one encoded image a sample"
    assert problem.found == "the shape [null, 3]"

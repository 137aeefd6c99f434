import io

import numpy as np
import pytest
from PIL import Image

from tfmigrate.processing.pictures import decoded, jpeg, jpeg_writer
from tfmigrate.processing.pictures.bits import Unreadable
from tfmigrate.processing.step import Misfit


def _pillow(data):
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("quality", [20, 75, 100])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("size", [(19, 34), (8, 8), (33, 5), (9, 3)])
def test_a_baseline_file_is_read_as_libjpeg_reads_it(quality, subsampling, size, photo, stored):
    data = stored(photo(*size), "JPEG", quality=quality, subsampling=subsampling)
    np.testing.assert_array_equal(jpeg.decoded(data, 3), _pillow(data))


def test_gray_and_restart_markers(photo, stored):
    data = stored(photo(30, 41, 1), "JPEG", restart_marker_blocks=3)
    assert b"\xff\xd0" in data
    np.testing.assert_array_equal(jpeg.decoded(data, 1)[..., 0], _pillow(data))
    np.testing.assert_array_equal(jpeg.decoded(data, 3)[..., 2], _pillow(data))


@pytest.mark.parametrize("more", [{"progressive": True}, {"subsampling": "4:1:1"}])
def test_rare_kinds_are_left_to_pillow(more, photo, stored):
    data = stored(photo(30, 41), "JPEG", **more)
    if "subsampling" in more:  # Pillow writes 4:2:0 for it: call it something else
        data = data.replace(b"\x01\x22\x00", b"\x01\x41\x00", 1)
    with pytest.raises(Unreadable):
        jpeg.decoded(data, 3)
    np.testing.assert_array_equal(decoded(data, 3), np.asarray(_pillow(data)))


def test_broken_files_are_refused_and_nothing_else(photo, stored, rng):
    data = stored(photo(16, 16), "JPEG")
    refused = 0
    for _ in range(150):
        broken = bytearray(data[: rng.integers(2, len(data))])
        broken[rng.integers(2, len(broken) + 1) - 1] = rng.integers(256)
        try:
            jpeg.decoded(bytes(broken), 3)
        except Unreadable:
            refused += 1
    assert refused > 100


def test_what_is_no_image_says_so():
    with pytest.raises(Misfit, match="no image that can be read: neither JPEG nor PNG"):
        decoded(b"hello", 3)


@pytest.mark.parametrize("halved", [False, True])
@pytest.mark.parametrize(("size", "channels"), [((40, 27), 3), ((5, 3), 3), ((9, 16), 1)])
def test_what_is_written_is_a_jpeg_of_the_same_image(halved, size, channels, photo):
    pixels = photo(*size, channels)
    data = jpeg_writer.encoded(pixels, halved, quantiser=1)
    read = _pillow(data).reshape(pixels.shape)
    np.testing.assert_array_equal(jpeg.decoded(data, channels), read)
    if not halved or channels == 1:
        assert np.abs(read.astype(int) - pixels).max() <= 3

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tfmigrate.processing.pictures import decoded, png
from tfmigrate.processing.pictures.bits import Unreadable


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_is_written_is_read_here_and_by_pillow(channels, photo):
    pixels = photo(13, 22, channels)
    data = png.encoded(pixels)
    read = np.asarray(Image.open(io.BytesIO(data))).reshape(pixels.shape)
    np.testing.assert_array_equal(read, pixels)
    np.testing.assert_array_equal(png.decoded(data, channels), pixels)


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("RGB", 3), ("RGBA", 3), ("RGBA", 4), ("RGB", 4), ("L", 1), ("L", 3), ("LA", 3), ("LA", 1),
     ("P", 3), ("1", 3), ("1", 1)],
)  # fmt: skip
def test_pillow_s_files_are_read_as_pillow_reads_them(mode, channels, photo, stored):
    image = Image.fromarray(photo(31, 45)).convert(mode)  # all filters, palettes, single bits
    wanted = np.asarray(image.convert({1: "L", 3: "RGB", 4: "RGBA"}[channels]))
    found = png.decoded(stored(image, "PNG"), channels)
    np.testing.assert_array_equal(found, wanted.reshape(found.shape))


@pytest.mark.parametrize("kind", range(6))
def test_every_filter_of_rows_is_undone(kind, rng):
    pixels = rng.integers(0, 256, (4, 5, 3)).astype(np.uint8)
    rows = b"".join(bytes([kind]) + row.tobytes() for row in pixels)
    stored = zlib.compress(b"\0" + pixels[0].tobytes() + rows)
    header = struct.pack(">IIBBBBB", 5, 5, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", stored), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(png._chunk(*c) for c in chunks)
    if kind == 5:
        with pytest.raises(Unreadable, match="unknown filter"):
            png.decoded(data, 3)
    else:
        wanted = np.asarray(Image.open(io.BytesIO(data)))
        np.testing.assert_array_equal(png.decoded(data, 3), wanted)


def test_of_16_bits_the_high_ones_are_taken(rng, stored):
    deep = rng.integers(0, 1 << 16, (9, 7)).astype(np.uint16)
    found = png.decoded(stored(Image.fromarray(deep), "PNG"), 1)
    np.testing.assert_array_equal(found[..., 0], deep >> 8)


def test_colour_to_gray_is_left_to_others(photo, stored):
    with pytest.raises(Unreadable, match="gray is asked for"):
        png.decoded(stored(photo(4, 4), "PNG"), 1)


def test_broken_files_are_refused_and_nothing_else(photo, rng):
    data = png.encoded(photo(16, 16))
    refused = 0
    for _ in range(150):
        broken = bytearray(data[: rng.integers(8, len(data))])
        broken[rng.integers(8, len(broken) + 1) - 1] = rng.integers(256)
        try:
            png.decoded(bytes(broken), 3)
        except Unreadable:
            refused += 1
    assert refused > 100


def test_other_formats_are_left_to_pillow(photo, stored):
    pixels = photo(6, 9)
    np.testing.assert_array_equal(decoded(stored(pixels, "BMP"), 3), pixels)

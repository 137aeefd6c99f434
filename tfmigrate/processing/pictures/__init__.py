"""Images read and written without TensorFlow: what its decoders are checked against."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from tfmigrate.processing.pictures import jpeg, png
from tfmigrate.processing.pictures.bits import Unreadable
from tfmigrate.processing.step import Array, Misfit

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def decoded(data: bytes, channels: int) -> Array:
    """The pixels of an image, uint8 [height, width, channels].

    Baseline JPEG and plain PNG are read here; what is rarer is left to Pillow.

    Raises:
        Misfit: It is no image, or one that only Pillow reads and Pillow is not installed.
    """
    readers = {b"\xff\xd8\xff": jpeg.decoded, b"\x89PNG": png.decoded}
    why = "neither JPEG nor PNG"
    for magic, reader in readers.items():
        if data.startswith(magic):
            try:
                return reader(data, channels)
            except Unreadable as error:
                why = str(error)
    return _by_pillow(data, channels, why)


def _by_pillow(data: bytes, channels: int, why: str) -> Array:
    try:
        from PIL import Image, UnidentifiedImageError
    except ModuleNotFoundError as error:
        help = "pip install pillow, which reads it"
        raise Misfit(f"without TensorFlow this image cannot be read: {why}", help=help) from error
    try:
        image: Any = Image.open(io.BytesIO(data))
        if channels == 1:  # a JPEG holds its brightness; TensorFlow takes that as it is
            image.draft("L", image.size)
        pixels = np.asarray(image.convert(_MODES[channels]), np.uint8)
    except (UnidentifiedImageError, OSError) as error:
        raise Misfit(f"this is no image that can be read: {why}") from error
    return pixels.reshape(*pixels.shape[:2], channels)

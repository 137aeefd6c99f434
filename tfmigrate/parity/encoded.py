"""Values of text inputs that are no text: serialized tf.Examples, images, raw bytes.

Written by hand, so that probes need no TensorFlow. Sources: ``tensorflow/core/example/*.proto``,
the protobuf wire format.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import numpy as np

from tfmigrate.processing.pictures import png
from tfmigrate.processing.tf_examples import FIELDS, delimited, varint
from tfmigrate.tensors import Feature, Hint

Array = np.ndarray[Any, Any]
Random = np.random.Generator

_PLAIN = ("example", "image", "bytes")
# Each also in base64, as JSON over HTTP carries bytes.
KINDS = frozenset({*_PLAIN, *(f"{kind}64" for kind in _PLAIN)})
_SIDES = (24, 61)
_WORDS = ("alpha", "beta", "zyzzyva", "")
FAR = 1e3


def values(shape: tuple[int, ...], hint: Hint, random: Random | None, kind: str = "") -> Array:
    """Encoded values.

    Args:
        shape: The shape of the input.
        hint: What it takes.
        random: Where chance comes from, None for special values.
        kind: ``zeros``, ``ones`` or ``extreme``, where they are special.
    """
    made = np.empty(shape, dtype=object)
    for i, at in enumerate(np.ndindex(*shape)):
        made[at] = _value(hint, random, kind, i)
    return made


def _value(hint: Hint, random: Random | None, kind: str, number: int) -> bytes:
    if hint.kind.endswith("64"):
        inner = _value(replace(hint, kind=hint.kind[:-2]), random, kind, number)
        return base64.urlsafe_b64encode(inner).rstrip(b"=")
    if hint.kind == "image":
        return _picture(random, kind, number)
    if hint.kind == "bytes":
        (feature,) = hint.features
        sizes = feature.shape or ()
        made = np.asarray(_numbers(feature, random, kind, sizes), np.float64)
        made.reshape(-1)[-1:] = 1  # text that ends in NUL cannot be kept
        last = np.asarray(made, feature.dtype)
        if last.dtype.itemsize > 1 and last.dtype.kind in "iu":
            last.reshape(-1)[-1:] = np.iinfo(last.dtype).max
        return last.tobytes()
    return example(hint.features, random, kind, number)


def example(
    features: tuple[Feature, ...], random: Random | None, kind: str = "", number: int = 0
) -> bytes:
    """A serialized tf.Example with these features."""
    entries = b""
    for feature in features:
        values = _feature(feature, random, kind, number)
        field = delimited(FIELDS[feature.dtype], values)
        entries += delimited(1, delimited(1, feature.name.encode()) + delimited(2, field))
    if entries.endswith(b"\0"):  # text that ends in NUL cannot be kept; nobody asks for this one
        entries += delimited(1, delimited(1, b"~") + delimited(2, delimited(1, b"\x0a\x01.")))
    return delimited(1, entries)


def _feature(feature: Feature, random: Random | None, kind: str, number: int) -> bytes:
    """The list of a feature's values, as the message of its type."""
    if feature.shape is None:
        count = {"zeros": 0, "ones": 1}.get(kind, 3) if random is None else int(random.integers(4))
        sizes: tuple[int, ...] = (count,)
    else:
        sizes = feature.shape
    total = int(np.prod(sizes, dtype=np.int64))
    if feature.dtype == "string":
        known = feature.words or _WORDS
        picked = random.integers(0, len(known), total) if random else np.arange(total) + number
        return b"".join(delimited(1, known[int(i) % len(known)].encode()) for i in picked)
    numbers = _numbers(feature, random, kind, (total,))
    if feature.dtype == "float32":
        return delimited(1, np.asarray(numbers, "<f4").tobytes())
    return delimited(1, b"".join(varint(int(n) & (1 << 64) - 1) for n in numbers))


def _numbers(feature: Feature, random: Random | None, kind: str, sizes: tuple[int, ...]) -> Array:
    whole = not feature.dtype.startswith("float")
    high = feature.high or (256 if feature.dtype == "uint8" else 2)
    if random is not None:
        return random.integers(0, high, sizes) if whole else random.standard_normal(sizes)
    odd = np.arange(int(np.prod(sizes, dtype=np.int64))).reshape(sizes) % 2
    far = odd * (high - 1) if whole else (odd * 2.0 - 1.0) * FAR
    return np.asarray({"zeros": np.zeros(sizes), "ones": np.ones(sizes)}.get(kind, far))


def _picture(random: Random | None, kind: str, number: int) -> bytes:
    """A PNG, which TensorFlow's ops for JPEG read too."""
    height, width = (_SIDES[(number + i) % 2] + number % 3 for i in (0, 1))
    if random is not None:
        pixels = random.integers(0, 256, (height, width, 3))
    else:
        level = {"zeros": 0, "ones": 255}.get(kind, 0)
        pixels = np.full((height, width, 3), level)
        if kind == "extreme":
            pixels[::2] = 255
    return png.encoded(np.asarray(pixels, np.uint8))

"""Raw values that callers might send to a chain: images to decode, texts, words, ids, pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tfmigrate.processing import tf_examples
from tfmigrate.processing.pictures import jpeg_writer, png
from tfmigrate.processing.step import Array
from tfmigrate.tensors import LENGTHS, TensorSpec

if TYPE_CHECKING:
    from tfmigrate.processing.chain import Chain

Rng = np.random.Generator

# Sides of images: odd ones, and both orientations.
_SIDES = (24, 61)
_LARGEST = 400
_UNKNOWN = ("zyzzyva", "Qwx", "été", "日本")
_SPACES = (" ", "  ", "\t", "\n")


def examples(chain: Chain, rng: Rng, count: int, spec: TensorSpec) -> Array:
    """See :meth:`Chain.examples`."""
    if spec.dtype == "string":
        return _strings(chain, rng, count, spec)
    shape = [count, *(d or int(rng.choice(LENGTHS)) for d in spec.shape[1:])] if spec.shape else []
    low, high = _span(chain, spec)
    if spec.dtype.startswith("float"):
        images = len(shape) == 4
        found = _smooth(rng, shape) if images else rng.random(shape)
        return np.asarray(low + found * (high - low), spec.dtype)
    if len(shape) == 4:
        return (low + _smooth(rng, shape) * (high - low)).astype(spec.dtype)
    return rng.integers(int(low), int(high), shape).astype(spec.dtype)


def together(chains: Sequence[Chain], rng: Rng, count: int, spec: TensorSpec) -> Array:
    """Raw values for several chains that read the same input.

    Args:
        chains: The chains.
        rng: Where chance comes from.
        count: The size of the batch.
        spec: The public type.
    """
    if all(chain.links[0].name == "example" for chain in chains):
        return tf_examples.examples(chains, rng, count)
    return examples(chains[0], rng, count, spec)


def _span(chain: Chain, spec: TensorSpec) -> tuple[float, float]:
    """What numbers a chain takes: ids below a depth and just outside, else pixels."""
    for link in chain.links:
        if link.name == "one_hot":
            signed = not spec.dtype.startswith("u")
            return -1.0 if signed else 0.0, link.args["depth"] + 2.0
        if link.name == "pad":
            return 1.0, 100.0
        if link.name == "scale" and link.args["from"] is not None:
            return tuple(link.args["from"])
    return 0.0, 127.0 if spec.dtype == "int8" else 255.0


def _smooth(rng: Rng, shape: Any) -> Array:
    """Images from 0 to 1 without hard edges, so that every resize has something to average."""
    batch, height, width, channels = shape
    coarse = rng.random((batch, 4, 4, channels))
    down, across = (_blend(n) for n in (height, width))
    return np.asarray(np.einsum("yh,bhwc,xw->byxc", down, coarse, across, optimize=True))


def _blend(size: int) -> Array:
    places = np.linspace(0, 3, size)[:, None]
    return np.asarray(np.maximum(0.0, 1 - np.abs(places - np.arange(4))))


def _strings(chain: Chain, rng: Rng, count: int, spec: TensorSpec) -> Array:
    shape = [count, *(d or int(rng.choice(LENGTHS)) for d in spec.shape[1:])] if spec.shape else []
    found = np.empty(shape, object)
    names = [link.name for link in chain.links]
    flat = found.reshape(-1)
    for i in range(len(flat)):
        if "decode" in names:
            flat[i] = _image(chain, rng, i)
        else:
            flat[i] = (_text if "split" in names else _word)(chain, rng, i).encode()
    return flat.reshape(shape)


def _image(chain: Chain, rng: Rng, i: int) -> bytes:
    args = next(link.args for link in chain.links if link.name == "decode")
    least, most = _sides(chain)
    height, width = (int(n) for n in rng.integers(least, most + 1, 2))
    pixels = np.rint(_smooth(rng, (1, height, width, args["channels"]))[0] * 255).astype(np.uint8)
    kind = ("jpeg", "png")[i % 2] if args["image"] == "any" else args["image"]
    if kind == "png":
        return png.encoded(pixels)
    return jpeg_writer.encoded(pixels, halved=bool(rng.integers(2)))


def _sides(chain: Chain) -> tuple[int, int]:
    """How small and how large images may be: around a resize, as crops and frames need them."""
    least, most = _SIDES
    for link in chain.links:
        size: list[int] = link.args.get("size") or []
        if link.name == "resize":
            # Some shrink and some grow.
            return min([least, *size]), min(max([most, *(n * 3 // 2 for n in size)]), _LARGEST)
        if link.name == "crop" and size:
            least = max([least, *size])
            most = max(most, least + 37)
        if link.name == "pad_image":
            most = min([most, *size])
    return min(least, most), most


def _known(chain: Chain) -> list[str]:
    found = [link.args["vocabulary"].words for link in chain.links if link.name == "lookup"]
    return [w.decode() for words in found for w in words if w] or ["good", "bad", "so", "it"]


def _word(chain: Chain, rng: Rng, i: int) -> str:
    """A word of the vocabulary; every fourth is none."""
    words = _known(chain)
    return str(rng.choice(_UNKNOWN)) if i % 4 == 3 else words[int(rng.integers(len(words)))]


def _text(chain: Chain, rng: Rng, i: int) -> str:
    """Some words, in other cases where the chain lowers them; the fourth text is empty."""
    if i == 3:
        return ""
    lower = any(link.name == "lower" for link in chain.links)
    count = int(rng.integers(1, 20))
    words = [_word(chain, rng, int(rng.integers(8))) for _ in range(count)]
    words = [w.title() if lower and rng.random() < 0.3 else w for w in words]
    return "".join(w + str(rng.choice(_SPACES)) for w in words)

"""What convolutions and poolings do at the edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tfmigrate.engines.changes.base import Change, View, setting


def propose(view: View) -> Iterator[Change]:
    """Another padding; and the same on both sides, as slim's conv2d_same and Caffe have it."""
    own = view.config.get("padding")
    if own not in ("same", "valid", "causal"):
        return
    names = ["same", "valid", *(["causal"] if view.a("Conv1D") else [])]
    for name in names:
        if name != own:
            what = f"pads as {name} instead of {own}"
            kind = "causal" if "causal" in (name, own) else "padding"
            yield Change(
                kind, view.path, what, view.line(padding=name), config=setting(padding=name)
            )
    yield from _explicit(view, own)


def _explicit(view: View, own: str) -> Iterator[Change]:
    """Zeros on both sides whatever the input's size, where strides make that another thing."""
    size = _numbers(view.config.get("kernel_size") or view.config.get("pool_size"))
    strides = _numbers(view.config.get("strides"))
    last = view.config.get("data_format") != "channels_first"
    if own != "same" or not size or not strides or max(strides) < 2 or not last:
        return
    if view.a("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"):
        return
    even = [((n - 1) // 2, n - 1 - (n - 1) // 2) for n in size]
    half = [(n // 2, n // 2) for n in size]
    for pads in [even, half] if even != half else [even]:
        wide = [list(p) for p in pads]
        what = f"pads {wide} whatever its input's size, instead of same"
        rank = len(size)
        apply = (
            f"- {{layer: ZeroPadding{rank}D, with: {{padding: {wide if rank > 1 else wide[0]}}}}};"
            f" {view.line(padding='valid')}"
        )
        edit, before = setting(padding="valid"), _padded(pads)
        yield Change("padding", view.path, what, apply, config=edit, before=before)


def _padded(pads: list[tuple[int, int]]) -> Callable[[Any], Any]:
    def pad(inputs: Any) -> Any:
        import tensorflow as tf

        return tf.pad(inputs, [(0, 0), *pads, (0, 0)])

    return pad


def _numbers(value: Any) -> list[int]:
    numbers = value if isinstance(value, list | tuple) else [value]
    return list(numbers) if all(type(n) is int for n in numbers) else []

"""What the name of an input says where no layer says more: masks and lengths."""

from __future__ import annotations

import re

from tfmigrate.tensors import TensorSpec

_LENGTHS = frozenset({"len", "lens", "length", "lengths", "seqlen", "seqlens"})
_MASKS = frozenset({"mask", "masks"})


def kind(spec: TensorSpec) -> str:
    """``mask``, ``length`` or "": a number per step that is named so, a whole number per sample.

    Args:
        spec: An input; batch first.
    """
    words = re.findall("[a-z]+", re.sub("(?<=[a-z])(?=[A-Z])", "_", spec.name).lower())
    rank = len(spec.shape)
    if _MASKS & set(words) and rank in (2, 3) and spec.shape[-1] != 1 and spec.dtype != "string":
        return "mask"
    one = rank == 1 or (rank == 2 and spec.shape[1] == 1)
    if words and words[-1] in _LENGTHS and one and spec.dtype.startswith(("int", "uint")):
        return "length"
    return ""

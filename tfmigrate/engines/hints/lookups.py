"""What layers with a vocabulary read: words that are in it, and words that are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tfmigrate.tensors import Hint, TensorSpec

# Words of a vocabulary that a certificate carries, and the bytes that one may have.
_WORDS, _LONG = 40, 64
_UNKNOWN = ("", "zyxwv", "Straße", "42")


def words(layer: Any, spec: TensorSpec) -> Hint | None:
    """Words of a StringLookup; unknown ones too where it has a place for them."""
    known = [w for w in _vocabulary(layer) if isinstance(w, str) and len(w.encode()) <= _LONG]
    known = _some([w for w in known if w])
    if spec.dtype != "string" or layer.invert or not known:
        return None
    unknown = [w for w in _UNKNOWN if w != layer.mask_token] if layer.num_oov_indices else []
    return Hint(words=(*known, *unknown))


def numbers(layer: Any, spec: TensorSpec) -> Hint | None:
    """Whole numbers of an IntegerLookup, and one above all where it has a place for it."""
    known = sorted(int(n) for n in _vocabulary(layer))
    if not spec.dtype.startswith(("int", "uint", "float")) or layer.invert or not known:
        return None
    unknown = [known[-1] + 1] if layer.num_oov_indices else []
    return Hint(words=tuple(str(n) for n in (*_some(known), *unknown)))


def sentences(layer: Any, spec: TensorSpec) -> Hint | None:
    """Several words of a TextVectorization at a time, never none: its mask would be empty."""
    lookup = getattr(layer, "_lookup_layer", None)
    if lookup is None or layer._split is None:
        return words(lookup, spec) if lookup is not None else None
    found = words(lookup, spec)
    if found is None:
        return None
    return replace(found, words=tuple(w for w in found.words if w), kind="text")


def _vocabulary(layer: Any) -> list[Any]:
    return list(layer.get_vocabulary(include_special_tokens=False))


def _some(known: list[Any]) -> list[Any]:
    """Some of them, from the first to the last."""
    if len(known) <= _WORDS:
        return known
    return [known[i * (len(known) - 1) // (_WORDS - 1)] for i in range(_WORDS)]

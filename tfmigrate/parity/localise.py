"""Where two models that should be one part: layer by layer, against what a reference computed.

A layer is at fault when its own answer is off though what goes into it is not: that is looked for
along the computation, and kept where the fault reaches an output. Layers are paired by name where
the reference has an array of that name and shape, else by value: an array of that shape that is the
same, in a scope of that name first; where none is the same, by the last of such a scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfmigrate.proof import LayerDifference

Array = np.ndarray[Any, Any]

# What float32 arithmetic of another version does to one layer, over its largest value; and how much
# an honest layer may enlarge the difference that goes into it.
ROUNDING, GROWTH = 5e-6, 8.0
# Behind a difference of this size no value tells which array is a layer's.
_CLEAR = 1e-3


@dataclass(frozen=True)
class Seen:
    """One call of one layer of the rebuilt model.

    Attributes:
        name: The call.
        class_name: What the layer is.
        inputs: The calls, or the model's inputs, that feed it.
        value: What it answered first.
    """

    name: str
    class_name: str
    inputs: tuple[str, ...]
    value: Array


def off(got: Array, reference: Array) -> tuple[float, float]:
    """The largest absolute difference, and that over the largest magnitude of the reference."""
    if got.dtype.kind not in "fiubc" or reference.dtype.kind not in "fiubc":
        return (0.0, 0.0) if np.array_equal(got, reference) else (np.inf, np.inf)
    wide = np.complex128 if "c" in (got.dtype.kind, reference.dtype.kind) else np.float64
    new, old = got.astype(wide), reference.astype(wide)
    with np.errstate(all="ignore"):
        same = (new == old) | (np.isnan(new) & np.isnan(old))
        finite = np.isfinite(new) & np.isfinite(old)
        if not bool(np.all(same | finite)):
            return np.inf, np.inf
        difference = float(np.max(np.abs(new - old), initial=0.0, where=~same))
        largest = float(np.max(np.abs(old), initial=0.0, where=np.isfinite(old)))
    return difference, difference / largest if largest else (np.inf if difference else 0.0)


def parts(relative: float, before: float) -> bool:
    """Whether a layer adds more than rounding to the difference that goes into it."""
    return not relative <= max(ROUNDING, GROWTH * before)


def localise(
    seen: Sequence[Seen], reference: Mapping[str, Array], given: Iterable[str]
) -> tuple[LayerDifference, ...]:
    """Every call of a layer beside the reference.

    Args:
        seen: The calls, in the order of the computation.
        reference: What the reference computed, by its own names.
        given: The model's inputs, which are the same on both sides.
    """
    by_shape: dict[tuple[int, ...], list[str]] = {}
    for name, array in reference.items():
        by_shape.setdefault(array.shape, []).append(name)
    relative = dict.fromkeys(given, 0.0)
    named = {one.name for one in seen if one.name in reference} - _of_next(seen, reference)
    found = []
    for one in seen:
        before = max((relative.get(i, 0.0) for i in one.inputs), default=0.0)
        candidates = [n for n in by_shape.get(one.value.shape, []) if n not in named - {one.name}]
        paired = _pair(one, reference, candidates, one.name in named, before)
        largest, share = off(one.value, reference[paired]) if paired else (0.0, before)
        relative[one.name] = share
        agrees = not parts(share, 0.0) if paired else None
        found.append(
            LayerDifference(one.name, one.class_name, one.inputs, paired, agrees, largest, share)
        )
    return tuple(found)


def first(layers: Sequence[LayerDifference]) -> tuple[str, ...]:
    """The layers whose own answer is off though their inputs are not, in their order.

    Where the reference has nothing for a layer, what comes out is taken for as good as what goes
    in; the fault is then in it or in the one that is named.
    """
    known = {layer.layer: layer for layer in layers}
    return tuple(
        layer.layer
        for layer in layers
        if layer.paired
        and parts(
            layer.relative,
            max((known[i].relative for i in layer.inputs if i in known), default=0.0),
        )
    )


def reaching(layers: Sequence[LayerDifference], ends: Iterable[str]) -> frozenset[str]:
    """The layers from which a difference gets to one of some layers, found from their end."""
    known = {layer.layer: layer for layer in layers}
    reached: set[str] = set()
    left = [name for name in ends if name in known]
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += [i for i in known[name].inputs if i in known]
    return frozenset(reached)


def _of_next(seen: Sequence[Seen], reference: Mapping[str, Array]) -> set[str]:
    """The layers under whose names the reference has the answer of the one behind them.

    A graph's scope, or a layer with its activation, may be two layers of the rebuilt model.
    """
    return {
        one.name
        for other in seen
        for one in seen
        if one.name in other.inputs
        and one.name in reference
        and other.name not in reference
        and not _same(one, reference[one.name])
        and _same(other, reference[one.name])
    }


def _same(one: Seen, array: Array) -> bool:
    return one.value.shape == array.shape and not parts(off(one.value, array)[1], 0.0)


def _pair(
    one: Seen,
    reference: Mapping[str, Array],
    candidates: Sequence[str],
    named: bool,
    before: float,
) -> str:
    """What the reference calls the answer of a layer, "" where it has nothing that could be it."""
    if named and one.name in candidates:
        return one.name
    shares = {name: off(one.value, reference[name])[1] for name in candidates}
    scoped = [name for name in candidates if name.startswith(f"{one.name}/")]
    if before < _CLEAR:
        same = [n for n in (*reversed(scoped), *candidates) if not parts(shares[n], before)]
        if same:
            return min(same, key=lambda n: (n not in scoped, shares[n]))
    return scoped[-1] if scoped else ""

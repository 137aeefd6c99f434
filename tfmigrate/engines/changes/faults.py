"""The faults that a proof of detection power plants.

Of each kind one in a layer at most, and one in every weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from tfmigrate.engines.built import Built
from tfmigrate.engines.changes import (
    activations,
    biases,
    channels,
    embeddings,
    gates,
    kernels,
    moved,
    normalization,
    recurrent,
    twins,
)
from tfmigrate.engines.changes.base import Change, View
from tfmigrate.engines.changes.functions import called, table
from tfmigrate.engines.changes.views import views

Proposing = Callable[[View], Iterator[Change]]

# The families whose first proposal of a kind is planted, and these kinds.
_FIRST: tuple[tuple[Proposing, tuple[str, ...]], ...] = (
    (kernels.propose, ("kernel flip", "kernel transpose")),
    (gates.propose, ("gate order",)),
    (biases.propose, ("drop bias",)),
    (channels.propose, ("channel order",)),
    (recurrent.propose, ("reset after",)),
)
# What is planted for an activation: what was mistaken for it at some time, or is easily.
_MISTAKEN = {
    "relu": "elu", "elu": "relu", "selu": "elu", "swish": "relu", "tanh": "sigmoid",
    "gelu": "gelu(x, approximate=True)", "sigmoid": "hard_sigmoid", "hard_sigmoid": "sigmoid",
    "softmax": "sigmoid", "softplus": "relu", "relu6": "relu", "linear": "tanh",
}  # fmt: skip
_COARSE, _FINE = 1e-3, 1e-5


def faults(built: Built, seed: int) -> list[list[Change]]:
    """Every fault that can be planted, a list for each kind in the order of the computation."""
    by_kind: dict[str, list[Change]] = {}
    seen: set[frozenset[str]] = set()
    for view in views(built):
        for change in _of(view, seed):
            if change.kind == "twins":
                pair = frozenset(change.reads)
                if pair in seen:
                    continue
                seen.add(pair)
            by_kind.setdefault(change.kind, []).append(change)
    return [*by_kind.values(), in_weights(built)]


def in_weights(built: Built) -> list[Change]:
    """A fault in every weight; one that several layers have is in the innermost of them."""
    return list({c.reads: c for view in views(built) for c in moved.propose(view)}.values())


def chosen(by_kind: Sequence[Sequence[Change]], most: int) -> list[Change]:
    """So many of them, spread over the kinds, and within a kind over the depth of the model."""
    spread = [[kind[i] for i in _spread(len(kind))] for kind in by_kind]
    rounds = (change for one in zip_longest(*spread) for change in one if change is not None)
    return [change for change, _ in zip(rounds, range(most), strict=False)]


def _spread(count: int) -> list[int]:
    """The numbers up to ``count``, each as far from those before it as can be: 0, 4, 2, 6, ..."""
    bits = max(count - 1, 1).bit_length()
    numbers = (int(f"{i:0{bits}b}"[::-1], 2) for i in range(1 << bits))
    return [n for n in numbers if n < count]


def _of(view: View, seed: int) -> Iterator[Change]:
    for propose, kinds in _FIRST:
        found = {c.kind: c for c in reversed(list(propose(view)))}
        yield from (found[kind] for kind in kinds if kind in found)
    yield from _swapped(view)
    yield from normalization.epsilons(view, [_FINE if _is_coarse(view) else _COARSE])
    for info in view.variables:
        if embeddings.is_embedding(view, info):
            yield embeddings.shuffled(view, info, seed)
    for key in ("recurrent_activation", "activation"):
        yield from _mistaken(view, key)


def _swapped(view: View) -> Iterator[Change]:
    """Parts of the layer that are exchanged, and the layer with the nearest one like it."""
    found = list(twins.propose(view))
    inner = [c for c in found if set(c.reads) <= {info.name for info in view.variables}]
    yield from (inner[:1] or found[:1])


def _is_coarse(view: View) -> bool:
    own = view.setting("epsilon")
    return isinstance(own, float) and own > (_COARSE + _FINE) / 2


def _mistaken(view: View, key: str) -> Iterator[Change]:
    if view.setting(key) is not None:
        other = _MISTAKEN.get(called(view.setting(key)), "relu")
        yield from activations.other(view, key, {other: table()[other]})

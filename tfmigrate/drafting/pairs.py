"""Which open tensor is which open variable: decided by shapes and names, or said to be open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.drafting import likeness
from tfmigrate.tensors import TensorInfo, VariableInfo

Ops = tuple[dict[str, Any], ...]

ONLY = "the only one left of its shape and type"
NAMES = "its name fits best"

# The best name has to lead by so much, on both sides: less is chance.
_LEAD = 0.02
_LINKED = 0.5


@dataclass(frozen=True)
class Pair:
    """A tensor that becomes a variable, by all evidence there is.

    Attributes:
        tensor: The tensor.
        variable: The variable.
        ops: What turns its shape into the variable's.
        why: The evidence.
    """

    tensor: TensorInfo
    variable: VariableInfo
    ops: Ops
    why: str


@dataclass(frozen=True)
class Undecided:
    """Tensors and variables that fit each other in more than one way; names do not decide."""

    tensors: tuple[TensorInfo, ...]
    variables: tuple[VariableInfo, ...]


@dataclass
class Likely:
    """How well tensors fit variables.

    Attributes:
        fits: For each tensor's name, the variables that it could become, by name, and the ops.
        links: Which layer's name stands for which, as far as pairs have shown.
    """

    tensors: Mapping[str, TensorInfo]
    variables: Mapping[str, VariableInfo]
    fits: dict[str, dict[str, Ops]] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _mine: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    _theirs: dict[str, list[frozenset[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shapes: dict[tuple[str, tuple[int, ...]], list[str]] = defaultdict(list)
        for v in self.variables.values():
            shapes[v.dtype, _plain(v.shape)].append(v.name)
        for t in self.tensors.values():
            near = shapes.get((t.dtype, _plain(t.shape)), [])
            found = {n: ops_between(t.shape, self.variables[n].shape) for n in near}
            self.fits[t.name] = {
                n: ops for n, ops in found.items() if ops is not None and _same_role(t.name, n)
            }
        self._learn_words()

    def _learn_words(self) -> None:
        mine = {t.name: [likeness.features(n) for n in (t.name, *t.aliases)] for t in
                self.tensors.values()}  # fmt: skip
        theirs = {v.name: [likeness.features(n) for n in (v.name, *v.keys)] for v in
                  self.variables.values()}  # fmt: skip
        same = likeness.misspelt(_union(mine), _union(theirs))
        self._mine = {n: [frozenset(same.get(w, w) for w in f) for f in fs] for n, fs in
                      mine.items()}  # fmt: skip
        self._theirs = theirs

    def link(self, tensor: str, variable: str) -> None:
        """Remember that two names belong together: so do their layers'."""
        self.links[_layer(tensor)].add(_layer(variable))

    def score(self, tensor: str, variable: str) -> float:
        """How well their names fit: words in common, and what their layers' other weights say."""
        words = max(
            likeness.alike(a, b) for a in self._mine[tensor] for b in self._theirs[variable]
        )
        linked = self.links.get(_layer(tensor))
        if not linked:
            return words
        return words + (_LINKED if _layer(variable) in linked else -_LINKED)

    def ranked(self, tensor: str) -> list[str]:
        """The variables that a tensor could become, the likeliest first."""
        return sorted(self.fits[tensor], key=lambda v: (-self.score(tensor, v), v))


def paired(
    likely: Likely, known: Iterable[tuple[str, str]] = ()
) -> tuple[tuple[Pair, ...], tuple[Undecided, ...]]:
    """Every pair that shapes and names decide, and what they leave open.

    A pair is decided where each is the other's only candidate, or each other's best by name and
    by a lead; every pair narrows the rest. Where names say nothing, nothing is decided.

    Args:
        likely: The open tensors and variables.
        known: Names of tensors and variables that belong together already.
    """
    for tensor, variable in known:
        likely.link(tensor, variable)
    fits = {t: dict(found) for t, found in likely.fits.items()}
    pairs: list[Pair] = []
    while found := _decided(likely, fits):
        for tensor, variable, why in found:
            ops = fits.pop(tensor)[variable]
            pairs.append(Pair(likely.tensors[tensor], likely.variables[variable], ops, why))
            likely.link(tensor, variable)
        taken = {variable for _, variable, _ in found}
        for left in fits.values():
            for variable in taken & left.keys():
                del left[variable]
    return tuple(pairs), tuple(_open(likely, fits))


def _decided(likely: Likely, fits: Mapping[str, Mapping[str, Ops]]) -> list[tuple[str, str, str]]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for tensor, found in fits.items():
        for variable in found:
            wanted[variable].append(tensor)
    only = [
        (t, next(iter(found)), ONLY)
        for t, found in fits.items()
        if len(found) == 1 and len(wanted[next(iter(found))]) == 1
    ]
    if only:
        return only
    scores = {t: {v: likely.score(t, v) for v in found} for t, found in fits.items()}
    columns = {v: {t: scores[t][v] for t in tensors} for v, tensors in wanted.items()}
    best = {v: _leader(column) for v, column in columns.items()}
    pairs = ((t, _leader(row)) for t, row in scores.items() if row)
    return [(t, v, NAMES) for t, v in pairs if v and best[v] == t]


def _leader(scores: Mapping[str, float]) -> str:
    """The name with the best score, "" where it does not lead, or where no word is shared."""
    first, *rest = sorted(scores.items(), key=lambda item: -item[1])
    if first[1] <= 0 or (rest and first[1] - rest[0][1] < _LEAD):
        return ""
    return first[0]


def _open(likely: Likely, fits: Mapping[str, Mapping[str, Ops]]) -> Iterable[Undecided]:
    """What is left, as the groups that could be exchanged for one another."""
    left = {t: set(found) for t, found in fits.items() if found}
    while left:
        tensors, variables = {next(iter(left))}, set(left[next(iter(left))])
        while grown := {t for t, v in left.items() if t not in tensors and v & variables}:
            tensors |= grown
            variables |= set().union(*(left[t] for t in grown))
        yield Undecided(
            tuple(likely.tensors[t] for t in left if t in tensors),
            tuple(v for v in likely.variables.values() if v.name in variables),
        )
        left = {t: v for t, v in left.items() if t not in tensors}


def ops_between(source: Sequence[int], target: Sequence[int]) -> Ops | None:
    """The ops that turn one shape into another, where the shapes leave no choice; else None."""
    if tuple(source) == tuple(target):
        return ()
    if sorted(source) == sorted(target) and len(set(source)) == len(source):
        return ({"transpose": {"perm": [list(source).index(n) for n in target]}},)
    if [n for n in source if n != 1] != [n for n in target if n != 1]:
        return None
    ones = [i for i, n in enumerate(source) if n == 1]
    if len(source) - len(target) == len(ones) and 1 not in target:
        return ({"squeeze": {"axis": ones}},)
    return ({"reshape": {"shape": list(target)}},)


def _plain(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(n for n in shape if n != 1))


def _same_role(one: str, other: str) -> bool:
    mine, theirs = likeness.role(one), likeness.role(other)
    return not mine or not theirs or mine == theirs


def _layer(name: str) -> str:
    return name.rpartition("/")[0]


def _union(features: Mapping[str, list[frozenset[str]]]) -> set[str]:
    return {word for sets in features.values() for words in sets for word in words}

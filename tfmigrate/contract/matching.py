"""Two lists of named values beside each other, by name and by content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tfmigrate.tensors import TensorInfo


@dataclass(frozen=True)
class Held:
    """A value under a name.

    Attributes:
        name: Its name.
        what: Type and shape in words, "" for a file.
        sha256: The SHA-256 of its bytes.
    """

    name: str
    what: str
    sha256: str


@dataclass(frozen=True)
class Renamed:
    """The same value under two names."""

    a: str
    b: str


@dataclass(frozen=True)
class Copies:
    """A value that one of the two holds more often: all its names in each."""

    a: tuple[str, ...]
    b: tuple[str, ...]


@dataclass(frozen=True)
class Other:
    """Another value under the same name; type and shape of each in words, "" for files."""

    name: str
    a: str
    b: str


@dataclass(frozen=True)
class Matched:
    """What became of each name.

    Attributes:
        same: How many have name and value in both.
        renamed: The same value under another name, as often as in the other.
        copies: Values that one of the two holds more often.
        changed: Other values under the same name.
        only_a: Values that B has under no name.
        only_b: Values that A has under no name.
    """

    same: int = 0
    renamed: tuple[Renamed, ...] = ()
    copies: tuple[Copies, ...] = ()
    changed: tuple[Other, ...] = ()
    only_a: tuple[Held, ...] = ()
    only_b: tuple[Held, ...] = ()

    def __bool__(self) -> bool:
        return not (self.changed or self.only_a or self.only_b)


def held(tensors: Iterable[TensorInfo], hashes: Mapping[str, str]) -> tuple[Held, ...]:
    """The weights among some tensors, with their hashes."""
    return tuple(
        Held(t.name, f"{t.dtype} {t.shape}", hashes[t.name]) for t in tensors if not t.training
    )


def matched(a: Iterable[Held], b: Iterable[Held]) -> Matched:
    """What became of each value of ``a`` in ``b``.

    The same name and value first, then the same value under another name, then another value under
    the same name; what is left either the other side holds under a name that is spoken for, or not
    at all.
    """
    ours, theirs = {h.name: h for h in a}, {h.name: h for h in b}
    both = [n for n, h in ours.items() if theirs.get(n) == h]
    left, right = _without(ours, both), _without(theirs, both)
    renamed = _renamed(left, right)
    left = _without(left, [r.a for r in renamed])
    right = _without(right, [r.b for r in renamed])
    changed = tuple(Other(n, h.what, right[n].what) for n, h in left.items() if n in right)
    left, right = (_without(side, [c.name for c in changed]) for side in (left, right))
    copies = _copies(ours, theirs, left, right)
    a_copies, b_copies = ({n for c in copies for n in getattr(c, side)} for side in "ab")
    return Matched(
        len(both),
        tuple(r for r in renamed if r.a not in a_copies),
        copies,
        changed,
        tuple(_without(left, a_copies).values()),
        tuple(_without(right, b_copies).values()),
    )


def _without(found: Mapping[str, Held], names: Iterable[str]) -> dict[str, Held]:
    gone = set(names)
    return {n: h for n, h in found.items() if n not in gone}


def _by_value(found: Mapping[str, Held]) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in sorted(found):
        groups[found[name].what, found[name].sha256].append(name)
    return groups


def _renamed(left: Mapping[str, Held], right: Mapping[str, Held]) -> list[Renamed]:
    """Names with no counterpart of their own go first: others may just have another value."""
    theirs = _by_value(right)
    return [
        Renamed(one, other)
        for value, names in _by_value(left).items()
        for one, other in zip(
            sorted(names, key=lambda n: n in right),
            sorted(theirs.get(value, ()), key=lambda n: n in left),
            strict=False,
        )
    ]


def _copies(
    ours: Mapping[str, Held],
    theirs: Mapping[str, Held],
    left: Mapping[str, Held],
    right: Mapping[str, Held],
) -> tuple[Copies, ...]:
    """Values of what is left over that the other side does hold, under names spoken for."""
    a, b = _by_value(ours), _by_value(theirs)
    values = {*_by_value(left), *_by_value(right)}
    found = (Copies(tuple(a[v]), tuple(b[v])) for v in values if v in a and v in b)
    return tuple(sorted(found, key=lambda c: (c.a, c.b)))

"""Few rules for many pairs: names that follow one pattern become one rule with captures."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfmigrate.mapping.patterns import Ambiguous, compile_pattern
from tfmigrate.recipe.rules import MAX_CAPTURES, RuleMistake

Ops = tuple[dict[str, Any], ...]

_NUMBER = re.compile(r"([0-9]+)")
_SEGMENTS = 6  # beyond so many the ways to generalise are too many to try
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Link:
    """A tensor and the variables that it becomes, by name."""

    source: str
    targets: tuple[str, ...]
    ops: Ops = ()


@dataclass(frozen=True)
class ProposedRule:
    """A rule that nobody has written yet.

    Attributes:
        source: The pattern of the tensors.
        targets: The patterns of the variables.
        ops: What happens between them.
        links: What it covers.
    """

    source: str
    targets: tuple[str, ...]
    ops: Ops
    links: tuple[Link, ...]

    def as_data(self) -> dict[str, Any]:
        """The rule as a recipe holds it."""
        data: dict[str, Any] = {"from": self.source.replace("$", "$$")}
        targets = [t.replace("$", "$$") for t in self.targets]
        data["to"] = targets[0] if len(targets) == 1 else targets
        if self.ops:
            data["ops"] = list(self.ops)
        if len(self.links) > 1:
            data["expect"] = len(self.links)
        return data


def rules_for(links: Sequence[Link], names: Collection[str]) -> tuple[ProposedRule, ...]:
    """Rules that cover every link once and touch nothing else.

    Args:
        links: What has to go where; each source once.
        names: Every tensor name of the source: no rule may match one that it has no link for.
    """
    offers: dict[tuple[Any, ...], list[Link]] = defaultdict(list)
    for link in links:
        for way in dict.fromkeys(_ways(link)):
            offers[(*way, repr(link.ops))].append(link)
    ranked = sorted(offers.items(), key=_rank)
    by_source = {link.source: link for link in links}
    left, chosen = dict.fromkeys(by_source), []
    # Large offers go first; what an earlier rule took makes a later one smaller, not wrong.
    for (source, targets, _), covered in ranked:
        wanted = [link for link in covered if link.source in left]
        if len(wanted) < 2 or len(wanted) < len(covered):
            continue
        if _matched(source, targets, by_source, names) == {link.source for link in wanted}:
            chosen.append(ProposedRule(source, targets, wanted[0].ops, tuple(wanted)))
            for link in wanted:
                del left[link.source]
    rest = [by_source[name] for name in left]
    chosen += [ProposedRule(x.source, x.targets, x.ops, (x,)) for x in rest]
    return tuple(chosen)


def _rank(offer: tuple[tuple[Any, ...], list[Link]]) -> tuple[Any, ...]:
    """The more a rule covers the better; of equals, the one with the fewest captures."""
    (source, *rest), covered = offer
    return (-len(covered), source.count("{"), len(source), source, *rest)


def _matched(
    source: str, targets: tuple[str, ...], links: Mapping[str, Link], names: Collection[str]
) -> set[str]:
    """What a rule matches; nothing, where it would give one of them wrong targets."""
    found = set()
    try:
        pattern, wanted = compile_pattern(source), [compile_pattern(t) for t in targets]
        for name in names:
            binding = pattern.match(name)
            if binding is None:
                continue
            link = links.get(name)
            if link is None or link.targets != tuple(t.fill(binding) for t in wanted):
                return set()
            found.add(name)
    except (Ambiguous, RuleMistake):
        return set()
    return found


def _ways(link: Link) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Every way to write a link with captures, whole segments and numbers, that has sense."""
    segments = link.source.split("/")
    if len(segments) > _SEGMENTS or any(b in n for n in (link.source, *link.targets) for b in "{}"):
        return
    theirs = {part for target in link.targets for part in target.split("/")}
    numbers = {n for part in theirs for n in _NUMBER.findall(part)}
    choices = [_choices(segment, theirs, numbers) for segment in segments]
    for levels in itertools.product(*choices):
        for tied in (False, True):
            way = _Way(tied)
            source = "/".join(map(way.segment, segments, levels))
            targets = tuple(map(way.target, link.targets))
            if way.captured and way.used == set(way.captured):
                yield source, targets


def _choices(segment: str, theirs: Collection[str], numbers: Collection[str]) -> list[str]:
    found = ["plain"]
    own = _NUMBER.findall(segment)
    if own and len(own) <= MAX_CAPTURES and any(n in numbers for n in own):
        found.append("numbers")
    if segment in theirs:
        found.append("whole")
    return found


class _Way:
    """One way to write a link: which texts are captured, and under which letter."""

    def __init__(self, tied: bool) -> None:
        self.tied = tied
        self.captured: dict[str, str] = {}  # letter -> text
        self.used: set[str] = set()
        self._numbers: dict[str, list[str]] = defaultdict(list)
        self._wholes: dict[str, str] = {}

    def segment(self, text: str, level: str) -> str:
        """A segment of the source at a level: ``plain``, ``numbers`` or ``whole``."""
        if level == "plain":
            return text
        if level == "whole":
            letter = self._wholes.get(text) or self._new(text)
            self._wholes[text] = letter
            return f"{{{letter}}}"
        parts = _NUMBER.split(text)
        return "".join(f"{{{self._number(p)}}}" if i % 2 else p for i, p in enumerate(parts))

    def target(self, name: str) -> str:
        """A target, what was captured in it written as captures."""
        taken: set[str] = set()
        return "/".join(self._refilled(segment, taken) for segment in name.split("/"))

    def _refilled(self, text: str, taken: set[str]) -> str:
        if text in self._wholes:
            self.used.add(self._wholes[text])
            return f"{{{self._wholes[text]}}}"
        parts = _NUMBER.split(text)
        return "".join(self._again(p, taken) if i % 2 else p for i, p in enumerate(parts))

    def _number(self, text: str) -> str:
        if self.tied and self._numbers[text]:
            return self._numbers[text][0]
        letter = self._new(text)
        self._numbers[text].append(letter)
        return letter

    def _again(self, text: str, taken: set[str]) -> str:
        """A number of the target: the captures of one text are used in their order."""
        letters = self._numbers.get(text, [])
        if not letters:
            return text
        letter = next((x for x in letters if x not in taken), letters[0])
        taken.add(letter)
        self.used.add(letter)
        return f"{{{letter}}}"

    def _new(self, text: str) -> str:
        letter = _LETTERS[len(self.captured) % len(_LETTERS)]
        self.captured[letter] = text
        return letter

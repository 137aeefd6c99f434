"""Names with captures: ``block{b}/kernel`` matches ``block3/kernel`` and captures ``b`` as ``3``.

A capture stands for at least one character and never for a slash; ``{*n}`` stands for a number,
``{**n}`` for one or more whole segments. Nothing else is special.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tfmigrate.recipe.rules import COLLECTS, RESTS, captures, collected, segments

Binding = dict[str, str]
Segment = tuple[str, ...]  # texts and capture names in turns, a text first and last


_OUTLINE = {False: "[^/]+", True: ".+"}


class Ambiguous(ValueError):
    """A name that a pattern matches in more than one way."""


@dataclass(frozen=True)
class Pattern:
    """A name pattern, compiled.

    Attributes:
        text: As it was written.
        names: What it captures, without what it collects.
        segments: Its path segments.
        collected: The capture that it collects, with its star; "" where there is none.
        rest: The segment that stands for several; None where there is none.
    """

    text: str
    names: frozenset[str]
    segments: tuple[Segment, ...]
    collected: str = ""
    rest: int | None = None

    @property
    def outline(self) -> str:
        """A regular expression that every match fits; with one star per segment it is fast."""
        return "/".join(
            re.escape(s[0]) + (_OUTLINE[i == self.rest] + re.escape(s[-1]) if len(s) > 1 else "")
            for i, s in enumerate(self.segments)
        )

    def match(self, name: str) -> Binding | None:
        """What the captures stand for in ``name``; None if it does not match.

        A capture that comes twice must stand for the same text both times.

        Raises:
            Ambiguous: There is more than one way.
        """
        bound: Binding = {}
        parts = self._aligned(name.split("/"))
        if not parts:
            return None
        for segment, part in zip(self.segments, parts, strict=True):
            if not _match_segment(segment, part, bound, self.text):
                return None
        return bound

    def _aligned(self, parts: list[str]) -> list[str]:
        """The parts of a name, as many as the pattern has segments; none where that cannot be."""
        more = len(parts) - len(self.segments)
        if self.rest is None or more < 0:
            return [] if more else parts
        end = self.rest + more + 1
        return [*parts[: self.rest], "/".join(parts[self.rest : end]), *parts[end:]]

    def fill(self, binding: Mapping[str, str]) -> str:
        """The name with every capture filled in; what has no value stays in braces."""
        return "/".join(
            "".join(binding.get(p, f"{{{p}}}") if i % 2 else p for i, p in enumerate(s))
            for s in self.segments
        )


@functools.lru_cache(4096)
def compile_pattern(text: str) -> Pattern:
    """The pattern that ``text`` describes.

    Raises:
        RuleMistake: Its braces make no sense.
    """
    found = segments(text)
    rests = [i for i, s in enumerate(found) if any(name.startswith(RESTS) for name in s[1::2])]
    return Pattern(text, captures(text), found, collected(text), next(iter(rests), None))


def _match_segment(segment: Segment, part: str, bound: Binding, pattern: str) -> bool:
    """Whether one path segment matches; what it captures goes to ``bound``."""
    if len(segment) == 1:
        return segment[0] == part
    known = tuple((name, bound[name]) for name in segment[1::2] if name in bound)
    longest, shortest = _expressions(segment, known)
    most, least = longest.fullmatch(part), shortest.fullmatch(part)
    if most is None or least is None:
        return False
    if most.groups() != least.groups():
        raise Ambiguous(f"{pattern} matches {part} in more than one way")
    bound.update(zip(_captured(segment, bound), most.groups(), strict=True))
    return True


def _captured(segment: Segment, bound: Binding) -> list[str]:
    """The names that a segment binds first, in the order of their groups."""
    return [name for name in dict.fromkeys(segment[1::2]) if name not in bound]


@functools.lru_cache(4096)
def _expressions(
    segment: Segment, known: tuple[tuple[str, str], ...]
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The expression that captures as much as it can, and the one that captures the least."""
    return _expression(segment, dict(known), ""), _expression(segment, dict(known), "?")


def _expression(segment: Segment, bound: Binding, lazy: str) -> re.Pattern[str]:
    """A regular expression; captures that stand for something already are plain text."""
    text = ""
    groups: list[str] = []
    for i, piece in enumerate(segment):
        if i % 2 == 0 or piece in bound:
            text += re.escape(bound[piece] if i % 2 else piece)
        elif piece in groups:
            text += f"(?:\\{groups.index(piece) + 1})"
        else:
            text += f"({_standing_for(piece)}{lazy})"
            groups.append(piece)
    return re.compile(text, re.DOTALL)


def _standing_for(capture: str) -> str:
    if capture.startswith(RESTS):
        return "[^/]+(?:/[^/]+)*"
    return "[0-9]{1,9}" if capture.startswith(COLLECTS) else "[^/]+"

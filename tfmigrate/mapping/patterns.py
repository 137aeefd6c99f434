"""Names with captures: ``block{b}/kernel`` matches ``block3/kernel`` and captures ``b`` as ``3``.

A capture stands for at least one character and never for a slash; nothing else is special.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tfmigrate.recipe.rules import captures, segments

Binding = dict[str, str]
Segment = tuple[str, ...]  # texts and capture names in turns, a text first and last


class Ambiguous(ValueError):
    """A name that a pattern matches in more than one way."""


@dataclass(frozen=True)
class Pattern:
    """A name pattern, compiled.

    Attributes:
        text: As it was written.
        names: What it captures.
        segments: Its path segments.
    """

    text: str
    names: frozenset[str]
    segments: tuple[Segment, ...]

    def match(self, name: str) -> Binding | None:
        """What the captures stand for in ``name``; None if it does not match.

        A capture that comes twice must stand for the same text both times.

        Raises:
            Ambiguous: There is more than one way.
        """
        parts = name.split("/")
        if len(parts) != len(self.segments):
            return None
        bound: Binding = {}
        for segment, part in zip(self.segments, parts, strict=True):
            if not _match_segment(segment, part, bound, self.text):
                return None
        return bound

    def fill(self, binding: Mapping[str, str]) -> str:
        """The name with every capture filled in."""
        return "/".join(
            "".join(binding[p] if i % 2 else p for i, p in enumerate(s)) for s in self.segments
        )


def compile_pattern(text: str) -> Pattern:
    """The pattern that ``text`` describes.

    Raises:
        RuleMistake: Its braces make no sense.
    """
    return Pattern(text, captures(text), segments(text))


def _match_segment(segment: Segment, part: str, bound: Binding, pattern: str) -> bool:
    """Whether one path segment matches; what it captures goes to ``bound``."""
    if len(segment) == 1:
        return segment[0] == part
    longest = re.fullmatch(_expression(segment, bound, "+"), part)
    shortest = re.fullmatch(_expression(segment, bound, "+?"), part)
    if longest is None or shortest is None:
        return False
    if longest.groupdict() != shortest.groupdict():
        raise Ambiguous(f"{pattern} matches {part} in more than one way")
    bound.update(longest.groupdict())
    return True


def _expression(segment: Segment, bound: Binding, repeat: str) -> str:
    """A regular expression; captures that stand for something already are plain text."""
    text, seen = "", set(bound)
    for i, piece in enumerate(segment):
        if i % 2 == 0:
            text += re.escape(piece)
        elif piece in bound:
            text += re.escape(bound[piece])
        else:
            text += f"(?P={piece})" if piece in seen else f"(?P<{piece}>[^/]{repeat})"
            seen.add(piece)
    return text

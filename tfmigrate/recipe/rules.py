"""What the names in a weight rule may say: texts and captures."""

from __future__ import annotations

import re

from tfmigrate.errors import nearest, shown

# More captures in one segment would let a hostile name take very long to match.
MAX_CAPTURES = 3

_CAPTURE = re.compile(r"\{(\*{0,2}[A-Za-z_][A-Za-z0-9_]*)\}")
COLLECTS = "*"  # before a capture's name: the rule takes all numbers that it stands for at once
RESTS = "**"  # before a capture's name: it stands for whole segments, one or more


class RuleMistake(ValueError):
    """A rule that says something it cannot mean; the facts for the message."""

    def __init__(
        self, what: str, *, found: str = "", expected: str = "", nearest: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what)
        self.found, self.expected, self.nearest = found, expected, nearest


def segments(pattern: str) -> tuple[tuple[str, ...], ...]:
    """A name pattern as path segments; in each, texts and capture names take turns.

    ``{n}`` stands for some text without a slash, ``{*n}`` for a number (see :func:`collected`),
    ``{**n}`` for one or more whole segments.

    Raises:
        RuleMistake: Braces that are no capture, or captures that nothing separates.
    """
    found = tuple(_segment(text, pattern) for text in pattern.split("/"))
    rests = [s for s in found if any(name.startswith(RESTS) for name in s[1::2])]
    if len(rests) > 1 or any(s[0] or s[2:] != ("",) for s in rests):
        raise RuleMistake(
            "{**name} stands for whole segments: alone between slashes, and once in a name",
            found=shown(pattern),
        )
    return found


def _segment(text: str, pattern: str) -> tuple[str, ...]:
    parts = tuple(_CAPTURE.split(text))
    texts, names = parts[::2], parts[1::2]
    if any(brace in t for t in texts for brace in "{}"):
        raise RuleMistake(
            "a brace that is no capture",
            found=shown(pattern),
            expected="{name}: letters, digits and _, not starting with a digit",
        )
    if any(not t for t in texts[1:-1]):
        raise RuleMistake("two captures with nothing between them", found=shown(pattern))
    if len(names) > MAX_CAPTURES:
        raise RuleMistake(
            f"more than {MAX_CAPTURES} captures between two slashes", found=shown(pattern)
        )
    return parts


def captures(pattern: str) -> frozenset[str]:
    """The names that a pattern captures, without one that it collects.

    Raises:
        RuleMistake: See :func:`segments`.
    """
    return frozenset(name for name in _names(pattern) if not _collects(name))


def _collects(name: str) -> bool:
    return name.startswith(COLLECTS) and not name.startswith(RESTS)


def collected(pattern: str) -> str:
    """The name of the capture that a pattern collects, with its star; "" where there is none.

    ``{*n}`` stands for a number; one application of a rule takes every number there is, in order.

    Raises:
        RuleMistake: See :func:`segments`, or it collects more than one.
    """
    found = sorted(name for name in _names(pattern) if _collects(name))
    if len(found) > 1 or (found and found[0][1:] in captures(pattern)):
        raise RuleMistake(
            "a name can collect one number, and under a name of its own", found=shown(pattern)
        )
    return found[0] if found else ""


def _names(pattern: str) -> list[str]:
    return [name for part in segments(pattern) for name in part[1::2]]


def one_of_both(sources: tuple[str, ...], alternatives: tuple[str, ...]) -> tuple[str, ...]:
    """What a rule takes: the names in ``from``, or those in ``either``.

    Raises:
        RuleMistake: It has neither, or both.
    """
    if bool(sources) == bool(alternatives):
        raise RuleMistake(
            "a rule needs exactly one of `from` and `either`",
            found="both" if sources else "neither",
            expected="from: NAME, or either: [NAME, NAME]",
        )
    return sources or alternatives


def check_captures(sources: tuple[str, ...], targets: tuple[str, ...]) -> None:
    """Refuse captures in ``targets`` that ``sources`` do not have.

    Raises:
        RuleMistake: Or sources that capture different names, so that they cannot be paired.
    """
    found = [captures(s) for s in sources]
    if any(names != found[0] for names in found):
        raise RuleMistake(
            "the sources of one rule must capture the same names",
            found=" and ".join(_braced(names) for names in found),
        )
    for source in sources:
        collected(source)
    for target in targets:
        star, unknown = collected(target), captures(target) - found[0]
        if star:
            raise RuleMistake(
                f"{{{star}}} collects source tensors; it has no meaning in `to`",
                found=shown(target),
            )
        if unknown:
            near = [f"{{{n}}}" for n in nearest(min(unknown), found[0])]
            raise RuleMistake(
                f"{_braced(unknown)} in `to` is captured nowhere in `from`",
                found=shown(target),
                nearest=tuple(near),
            )


def _braced(names: frozenset[str]) -> str:
    return ", ".join(f"{{{n}}}" for n in sorted(names)) or "nothing"

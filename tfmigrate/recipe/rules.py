"""What a weight rule may say: captures in names, and ops with their arguments."""

from __future__ import annotations

import re
from typing import Any

from tfmigrate.errors import nearest, shown

# Each op with its arguments; the first is what the short form gives.
OPS: dict[str, dict[str, str]] = {
    "transpose": {"perm": "whole numbers"},
    "reshape": {"shape": "whole numbers"},
    "split": {"axis": "a whole number", "sizes": "whole numbers"},
    "concat": {"axis": "a whole number"},
    "squeeze": {"axis": "whole numbers"},
    "reverse": {"axis": "whole numbers"},
    "add": {},
    "root": {},
    "variance": {"epsilon": "a number", "target": "a number"},
    "add_product": {"scale": "a number"},
}

OPS_TO_COME = frozenset({"stack", "pad", "slice", "reorder_gates", "add_constant", "cast"})

# More captures in one segment would let a hostile name take very long to match.
MAX_CAPTURES = 3

_CAPTURE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class RuleMistake(ValueError):
    """A rule that says something it cannot mean; the facts for the message."""

    def __init__(
        self, what: str, *, found: str = "", expected: str = "", nearest: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what)
        self.found, self.expected, self.nearest = found, expected, nearest


def segments(pattern: str) -> tuple[tuple[str, ...], ...]:
    """A name pattern as path segments; in each, texts and capture names take turns.

    Raises:
        RuleMistake: Braces that are no capture, or captures that nothing separates.
    """
    return tuple(_segment(text, pattern) for text in pattern.split("/"))


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
    """The names that a pattern captures.

    Raises:
        RuleMistake: See :func:`segments`.
    """
    return frozenset(name for part in segments(pattern) for name in part[1::2])


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
    for target in targets:
        unknown = captures(target) - found[0]
        if unknown:
            raise RuleMistake(
                f"{_braced(unknown)} in `to` is captured nowhere in `from`",
                found=shown(target),
                nearest=tuple(f"{{{n}}}" for n in nearest(min(unknown), found[0])),
            )


def _braced(names: frozenset[str]) -> str:
    return ", ".join(f"{{{n}}}" for n in sorted(names)) or "nothing"


def op_arguments(data: Any) -> tuple[str, dict[str, Any]]:
    """An op as its name and arguments, from the short form or the long one.

    ``{transpose: [3, 2, 0, 1]}`` is short for ``{transpose: {perm: [3, 2, 0, 1]}}``; an op with
    two arguments has the long form only.

    Raises:
        RuleMistake: Unknown op, unknown or missing argument, or one of the wrong type.
    """
    if not isinstance(data, dict) or len(data) != 1:
        raise RuleMistake("an op is one name and its arguments", expected="{transpose: [1, 0]}")
    ((name, given),) = data.items()
    if name in OPS_TO_COME:
        raise RuleMistake(f"the op {name} is not supported yet in this version")
    if name not in OPS:
        raise RuleMistake(
            f"there is no op {shown(name, 60)}",
            expected=f"one of {', '.join(OPS)}",
            nearest=nearest(str(name), OPS),
        )
    kinds = OPS[name]
    if not isinstance(given, dict) and len(kinds) == 1:
        given = {next(iter(kinds)): given}
    if not isinstance(given, dict) or given.keys() != kinds.keys():
        raise RuleMistake(
            f"wrong arguments for the op {name}",
            found=shown(", ".join(map(str, given)) if isinstance(given, dict) else given),
            expected=", ".join(kinds),
        )
    return name, {key: _argument(name, key, given[key]) for key in kinds}


def _argument(op: str, key: str, value: Any) -> float | tuple[int, ...]:
    kind = OPS[op][key]
    if kind == "a number" and type(value) in (int, float):
        return float(value)
    numbers = value if isinstance(value, list | tuple) else [value]
    listed = kind == "whole numbers"
    if not all(type(n) is int for n in numbers) or (numbers is value and not listed):
        raise RuleMistake(
            f"the argument {key} of {op} must be {kind}", found=shown(value), expected=kind
        )
    return tuple(numbers) if listed else value

"""The ops of weight rules and their arguments; what they do is in ``mapping.ops``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.rules import RuleMistake
from tfmigrate.tensors import WIDTHS

# Kinds of arguments, in the words of the messages.
WHOLE, WHOLES = "a whole number", "whole numbers"
COUNT = "a whole number from 1 on"
NUMBER = "a number"
DTYPE = "a dtype"
GATES, GATE = "different letters, one for each gate", "one letter"


@dataclass(frozen=True)
class Spec:
    """What an op may be given.

    Attributes:
        needed: Its arguments by name, with their kinds; the first is what the short form gives.
        optional: Arguments that may be left out.
        one_of: Exactly one of these is given.
        together: These are given together or not at all.
    """

    needed: dict[str, str]
    optional: dict[str, str]
    one_of: tuple[str, ...] = ()
    together: tuple[str, ...] = ()


def _spec(needed: dict[str, str], **optional: str) -> Spec:
    return Spec(needed, optional)


OPS: dict[str, Spec] = {
    "transpose": _spec({"perm": WHOLES}),
    "reshape": _spec({"shape": WHOLES}),
    "squeeze": _spec({"axis": WHOLES}),
    "expand_dims": _spec({"axis": WHOLES}),
    "reverse": _spec({"axis": WHOLES}),
    "split": Spec({"axis": WHOLE}, {"sizes": WHOLES, "parts": COUNT}, one_of=("sizes", "parts")),
    "concat": _spec({"axis": WHOLE}),
    "stack": _spec({"axis": WHOLE}),
    "unstack": _spec({"axis": WHOLE}),
    "pad": _spec({"axis": WHOLE}, before=WHOLE, after=WHOLE, value=NUMBER),
    "slice": _spec({"axis": WHOLE}, start=WHOLE, stop=WHOLE),
    "reorder_gates": _spec({"from": GATES, "to": GATES}, axis=WHOLE),
    "add_constant": Spec(
        {"value": NUMBER}, {"gate": GATE, "gates": GATES, "axis": WHOLE}, together=("gate", "gates")
    ),
    "cast": _spec({"dtype": DTYPE}),
    "add": _spec({}),
    "root": _spec({}),
    "variance": _spec({"epsilon": NUMBER, "target": NUMBER}),
    "add_product": _spec({"scale": NUMBER}),
}


def op_arguments(data: Any) -> tuple[str, dict[str, Any]]:
    """An op as its name and arguments, from the short form or the long one.

    ``{transpose: [3, 2, 0, 1]}`` is short for ``{transpose: {perm: [3, 2, 0, 1]}}``; an op that
    needs two arguments has the long form only. Arguments that were left out stay out.

    Raises:
        RuleMistake: Unknown op, unknown or missing argument, or one of the wrong type.
    """
    if not isinstance(data, dict) or len(data) != 1:
        raise RuleMistake("an op is one name and its arguments", expected="{transpose: [1, 0]}")
    ((name, given),) = data.items()
    if name not in OPS:
        raise RuleMistake(
            f"there is no op {shown(name, 60)}",
            expected=f"one of {', '.join(OPS)}",
            nearest=nearest(str(name), OPS),
        )
    spec = OPS[name]
    if not isinstance(given, dict) and len(spec.needed) == 1 and not spec.one_of:
        given = {next(iter(spec.needed)): given}
    kinds = spec.needed | spec.optional
    if not isinstance(given, dict) or not spec.needed.keys() <= given.keys() <= kinds.keys():
        raise RuleMistake(
            f"wrong arguments for the op {name}",
            found=shown(", ".join(map(str, given)) if isinstance(given, dict) else given),
            expected=_expected(spec),
        )
    _check_together(name, spec, given)
    return name, {
        key: _argument(name, key, kinds[key], given[key]) for key in kinds if key in given
    }


def _expected(spec: Spec) -> str:
    free = [key for key in spec.optional if key not in spec.one_of]
    alternatives = [" or ".join(spec.one_of)] if spec.one_of else []
    words = [*spec.needed, *alternatives, *(f"{key} (optional)" for key in free)]
    return ", ".join(words)


def _check_together(name: str, spec: Spec, given: dict[str, Any]) -> None:
    chosen = [key for key in spec.one_of if key in given]
    if spec.one_of and len(chosen) != 1:
        what = f"the op {name} needs exactly one of {' and '.join(spec.one_of)}"
        raise RuleMistake(what, found=" and ".join(chosen) or "neither", expected=_expected(spec))
    both = [key for key in spec.together if key in given]
    if both and len(both) < len(spec.together):
        what = f"the op {name} takes {' and '.join(spec.together)} together"
        raise RuleMistake(what, found=both[0], expected=" and ".join(spec.together))


def _argument(op: str, key: str, kind: str, value: Any) -> Any:
    read = _KINDS[kind](value)
    if read is None:
        raise RuleMistake(
            f"the argument {key} of {op} must be {kind}", found=shown(value), expected=kind
        )
    return read


def _wholes(value: Any) -> tuple[int, ...] | None:
    numbers = value if isinstance(value, list | tuple) else [value]
    return tuple(numbers) if all(type(n) is int for n in numbers) else None


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and math.isfinite(value) else None


def _letters(value: Any) -> str | None:
    fits = isinstance(value, str) and value.isalpha() and len(set(value)) == len(value)
    return value if fits else None


# Each gives the argument, or None where it is none of its kind.
_KINDS: dict[str, Callable[[Any], Any]] = {
    WHOLE: lambda value: value if type(value) is int else None,
    WHOLES: _wholes,
    COUNT: lambda value: value if type(value) is int and value > 0 else None,
    NUMBER: _number,
    DTYPE: lambda value: value if isinstance(value, str) and value in WIDTHS else None,
    GATES: _letters,
    GATE: lambda value: value if _letters(value) and len(value) == 1 else None,
}

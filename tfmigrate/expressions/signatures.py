"""One row of the ops table: how an op was spelled, and what it is in TensorFlow today."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_REQUIRED = object()
_ROW = re.compile(r"([\w.]+)\((.*)\)\s*(?:@\s*(.+?))?\s*=>\s*(\S+)")


@dataclass(frozen=True)
class Parameter:
    """A parameter of the old spelling.

    Attributes:
        names: What it was called, in any version.
        target: The keyword of today's function; "" for one that changes nothing (``name``).
        default: Its value where it is not given.
    """

    names: tuple[str, ...]
    target: str
    default: Any = _REQUIRED

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is _REQUIRED


@dataclass(frozen=True)
class Meaning:
    """What a spelled name meant to those for whom a condition holds.

    Attributes:
        name: The spelled name.
        parameters: Its parameters, in their order of the day.
        condition: For whom, as :meth:`Dialect.holds` reads it; "" for everybody.
        target: Today's function: ``tf.nn.softmax``, or ``.name`` for one of `implementations`.
    """

    name: str
    parameters: tuple[Parameter, ...]
    condition: str
    target: str

    def bind(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """The keywords of today's function for a call as it was spelled.

        Raises:
            TypeError: The call does not fit the signature.
        """
        if self.parameters and self.parameters[0].names[0].startswith("*"):
            return {self.parameters[0].target: list(arguments), **self._named((), keywords, 1)}
        return self._named(arguments, keywords, 0)

    def _named(
        self, arguments: Sequence[Any], keywords: Mapping[str, Any], skip: int
    ) -> dict[str, Any]:
        parameters = self.parameters[skip:]
        if len(arguments) > len(parameters):
            raise TypeError(f"{self.name}() takes at most {len(parameters)} arguments")
        given: dict[int, Any] = dict(enumerate(arguments))
        for key, value in keywords.items():
            places = [i for i, p in enumerate(parameters) if key in p.names]
            if not places:
                raise TypeError(f"{self.name}() has no argument {key!r}")
            if places[0] in given:
                raise TypeError(f"{self.name}() gets {key!r} twice")
            given[places[0]] = value
        found: dict[str, Any] = {}
        for i, parameter in enumerate(parameters):
            if i not in given and parameter.required:
                raise TypeError(f"{self.name}() lacks {parameter.names[0]!r}")
            if parameter.target:
                found[parameter.target] = given.get(i, parameter.default)
        return found


def read(rows: str) -> dict[str, tuple[Meaning, ...]]:
    """The table that its rows spell, one per line: ``name(a, b>today=1) @condition => target``.

    ``a|b`` are two names of one parameter, ``a>b`` is called b today, ``a>_`` is left out; a
    first parameter ``*a`` takes all positional arguments. Several names may share a row,
    separated by ``/`` as in ``K.exp/tf.exp``.

    Raises:
        ValueError: A row is malformed.
    """
    found: dict[str, tuple[Meaning, ...]] = {}
    for line in rows.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        heads, _, tail = line.strip().partition("(")
        for head in heads.split("/"):
            meaning = _row(f"{head}({tail}")
            found[meaning.name] = (*found.get(meaning.name, ()), meaning)
    return found


def _row(line: str) -> Meaning:
    row = _ROW.fullmatch(line)
    if row is None:
        raise ValueError(f"malformed row: {line}")
    parameters = tuple(_parameter(p) for p in _split(row[2]))
    return Meaning(row[1], parameters, row[3] or "", row[4])


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [p.strip() for p in parts if p.strip()]


def _parameter(text: str) -> Parameter:
    head, _, default = text.partition("=")
    names, _, target = head.strip().partition(">")
    spelled = tuple(names.split("|"))
    target = "" if target == "_" else target or spelled[0].lstrip("*")
    return Parameter(spelled, target, ast.literal_eval(default) if default else _REQUIRED)

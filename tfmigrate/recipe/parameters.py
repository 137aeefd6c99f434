"""Parameters of a recipe: declared with a default, set from outside, used as ``$name``.

``$x`` alone keeps its type, inside a text it is text, inside an expression it is the value, ``$$``
is a dollar. ``2 * $x`` and ``$(2 * $x)`` are computed, the latter inside a text as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tfmigrate.errors import Problem, nearest, shown
from tfmigrate.recipe import arithmetic
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.yaml_nodes import parse

Parameters = dict[str, Any]

# Places that are read as they stand; what a block holds is filled in for each of its uses.
_LITERAL = frozenset(
    {("tfmigrate",), ("name",), ("parameters",), ("blocks",), ("architecture", "layers")}
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USE = re.compile(r"\$(\$|[A-Za-z_][A-Za-z0-9_]*|)")
_ALONE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_COMPUTED = re.compile(r"\$\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
# Once through a text: what is filled in is not read again.
_FILLED = re.compile(f"{_COMPUTED.pattern}|{_USE.pattern}")


def declared(data: Any, report: Reporter) -> Parameters:
    """The parameters with their defaults; what is wrong with them goes to ``report``."""
    section = data.get("parameters")
    if not isinstance(section, dict):
        return {}
    found: Parameters = {}
    for name, value in section.items():
        path = ("parameters", name)
        if not _NAME.fullmatch(name):
            report.add(
                path,
                f"{shown(name, 60)} is no parameter name",
                expected="letters, digits and _, not starting with a digit",
            )
        elif not _plain(value):
            report.add(path, f"the default of ${name} must be a value or a list of values")
        elif "$" in str(value):
            report.add(path, f"the default of ${name} cannot use another parameter")
        found[name] = value
    return found


def _plain(value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return not any(isinstance(item, dict | list) for item in items)


def with_settings(
    parameters: Parameters, settings: Mapping[str, str], report: Reporter
) -> Parameters:
    """The parameters with ``--set name=value`` applied, each read by the type of its default."""
    values = dict(parameters)
    for name, text in settings.items():
        if name not in parameters:
            near = nearest(name, parameters)
            known = ", ".join(sorted(parameters)) or "none"
            _setting(report, name, "the recipe has no such parameter", f"one of: {known}", near)
            continue
        try:
            values[name] = read_setting(text, parameters[name])
        except ValueError as error:
            what = f"{shown(text, 60)!r} does not fit the parameter"
            _setting(report, name, what, f"{error}, like its default {parameters[name]!r}")
    return values


def _setting(
    report: Reporter, name: str, what: str, expected: str, near: tuple[str, ...] = ()
) -> None:
    where = f"--set {shown(name, 60)}"
    report.problems.append(Problem(what, where, expected=expected, nearest=near))


def read_setting(text: str, default: Any) -> Any:
    """A value from the command line, by the type of the parameter's default.

    Raises:
        ValueError: It is of another type; the message says what was expected.
    """
    if isinstance(default, str):
        return text
    document = parse(text)
    value = document.data if document.whole and not document.problems else text
    if default is None:
        return value if _plain(value) else text
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default) or not _plain(value):
        raise ValueError(_KINDS[type(default)])
    return value


_KINDS = {bool: "true or false", int: "a whole number", float: "a number", list: "a [list, ...]"}


class Filler:
    """Puts the values of parameters where their names stand, and keeps count of the names.

    Args:
        values: The recipe's parameters.
        report: Where mistakes go.
    """

    def __init__(self, values: Parameters, report: Reporter) -> None:
        self.values, self.report = values, report
        self.used: set[str] = set()

    def substituted(self, data: dict[str, Any]) -> dict[str, Any]:
        """The recipe with every ``$name`` replaced, but for blocks and layers."""
        return {k: self.filled(v, (k,)) for k, v in data.items()}

    def note(self, value: Any) -> None:
        """Count the names in what is left out as used: they are there for other parameters."""
        if isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                self.note(item)
        elif _has_dollar(value):
            self.used |= {n for n in _USE.findall(_COMPUTED.sub(r" \1 ", value)) if n != "$"} & (
                self.values.keys()
            )

    def report_unused(self) -> None:
        """Report the parameters that stand nowhere, unless a name may be misspelt."""
        for name in self.values if self.used <= self.values.keys() else ():
            if name not in self.used and ("parameters", name) not in self.report.elsewhere:
                what = f"the parameter ${name} is used nowhere"
                self.report.add(("parameters", name), what)

    def filled(self, value: Any, path: Path, local: Mapping[str, Any] | None = None) -> Any:
        """A value with every parameter in it replaced.

        Args:
            value: Plain data.
            path: Its place in the recipe.
            local: Names that hold here only, before those of the recipe.
        """
        if path in _LITERAL and local is None:
            return value
        if isinstance(value, dict):
            for key in value:
                if "$" in key:
                    found = shown(key, 60)
                    self.report.add((*path, key), "a key cannot hold a parameter", found=found)
            return {k: self.filled(v, (*path, k), local) for k, v in value.items()}
        if isinstance(value, list):
            return [self.filled(v, (*path, i), local) for i, v in enumerate(value)]
        return self._text(value, path, local or {}) if _has_dollar(value) else value

    def _text(self, text: str, path: Path, local: Mapping[str, Any]) -> Any:
        values = {**self.values, **local}
        names = [name for name in _USE.findall(_COMPUTED.sub(r" \1 ", text)) if name != "$"]
        self.used.update(n for n in names if n not in local)
        unknown = [name for name in names if name not in values]
        for name in unknown:
            _unknown(name, values, path, self.report)
        if unknown:
            return _Unresolved(text)
        alone = _ALONE.fullmatch(text)
        if alone:
            return values[alone[1]]
        try:
            return _spelt(text, values, is_expression(path))
        except arithmetic.ArithmeticMistake as error:
            self.report.add(path, str(error), found=shown(text))
            return _Unresolved(text)


def _has_dollar(value: Any) -> bool:
    return isinstance(value, str) and "$" in value


def _spelt(text: str, values: Mapping[str, Any], expression: bool) -> Any:
    """A text with its parameters filled in and its arithmetic done."""
    whole = _COMPUTED.fullmatch(text)
    if whole:
        return arithmetic.compute(whole[1], values)
    if not expression and arithmetic.is_arithmetic(text):
        return arithmetic.compute(text, values)
    spelt = _as_operand if expression else _as_text
    return _FILLED.sub(lambda m: _one(m, values, spelt), text)


def _one(found: re.Match[str], values: Mapping[str, Any], spelt: Callable[[Any], str]) -> str:
    """What a ``$(...)``, a ``$name`` or a ``$$`` in a text stands for."""
    if found[1] is not None:
        return spelt(arithmetic.compute(found[1], values))
    return "$" if found[2] == "$" else spelt(values[found[2]])


def is_expression(path: Path) -> bool:
    """Whether a place of the recipe holds an expression, or a size that may be one."""
    if path[:1] == ("functions",):
        return True
    if path[:1] == ("layer_types",):
        return bool({"compute", "mask", "shape", "states"} & set(path[2:]))
    # An entry's own; "mask" and "shape" inside its arguments are values like any other.
    entry = path[:1] in (("blocks",), ("architecture",)) and "with" not in path
    last = path[-1] in ("compute", "mask") and "from" not in path
    return entry and (last or ("weights" in path and "shape" in path))


def fillings(text: str, values: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Where parameters stand in the text of an expression, and what is put there."""
    for use in _USE.finditer(text):
        if use[1] == "$" or use[1] in values:
            yield use.start(), use.end(), "$" if use[1] == "$" else _as_operand(values[use[1]])


class _Unresolved(str):
    """A text that stands for nothing; its mistake has been reported."""


def lost(text: str) -> str:
    """A text that stands for nothing, so that nothing more is said about it."""
    return _Unresolved(text)


def unresolved(value: object) -> bool:
    """Whether a value is a text whose mistake has been reported."""
    return isinstance(value, _Unresolved)


def _as_text(value: Any) -> str:
    """A value inside a text, spelt as YAML spells it."""
    words = {"True": "true", "False": "false", "None": "null"}
    return value if isinstance(value, str) else words.get(str(value), str(value))


def _as_operand(value: Any) -> str:
    """A value inside an expression, which takes it for the value it is: ``(-1)``, ``'same'``."""
    return f"({value!r})" if repr(value).startswith("-") else repr(value)


def _unknown(name: str, values: Parameters, path: Path, report: Reporter) -> None:
    if not name:
        report.add(path, "a $ must start a parameter's name", help="write $$ for a dollar")
        return
    report.add(
        path,
        f"there is no parameter ${name}",
        nearest=tuple(f"${n}" for n in nearest(name, values)),
        help="declare it under parameters, or write $$ for a dollar",
    )

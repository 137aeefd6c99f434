"""Parameters of a recipe: declared with a default, set from outside, used as ``$name``.

``$x`` alone keeps its type, inside a text it is text, inside an expression it is the value, ``$$``
is a dollar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tfmigrate.errors import Problem, nearest, shown
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.yaml_nodes import parse

Parameters = dict[str, Any]

# Sections that are read as they stand.
_LITERAL = frozenset({"tfmigrate", "name", "parameters"})

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USE = re.compile(r"\$(\$|[A-Za-z_][A-Za-z0-9_]*|)")
_ALONE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
# Kept free for expressions: "$a + 2 * $b" must never become a text that a layer takes literally.
_ARITHMETIC = re.compile(r"[$\w.()]+(\s*[-+*/%]+\s*[$\w.()]+)*\s+[-+*/%]+\s*[$\w.()]+.*", re.DOTALL)


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


def substituted(data: dict[str, Any], values: Parameters, report: Reporter) -> dict[str, Any]:
    """The recipe with every ``$name`` replaced; unknown and unused parameters are problems."""
    filler = _Filler(values, report)
    result = {k: v if k in _LITERAL else filler.filled(v, (k,)) for k, v in data.items()}
    for name in values if filler.used <= values.keys() else ():  # else it may be misspelt
        if name not in filler.used:
            report.add(("parameters", name), f"the parameter ${name} is used nowhere")
    return result


class _Filler:
    """Puts the values of parameters where their names stand, and keeps count of the names."""

    def __init__(self, values: Parameters, report: Reporter) -> None:
        self.values, self.report = values, report
        self.used: set[str] = set()

    def filled(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            for key in value:
                if "$" in key:
                    found = shown(key, 60)
                    self.report.add((*path, key), "a key cannot hold a parameter", found=found)
            return {k: self.filled(v, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self.filled(v, (*path, i)) for i, v in enumerate(value)]
        return self.text(value, path) if isinstance(value, str) and "$" in value else value

    def text(self, text: str, path: Path) -> Any:
        names = [name for name in _USE.findall(text) if name != "$"]
        self.used.update(names)
        unknown = [name for name in names if name not in self.values]
        for name in unknown:
            _unknown(name, self.values, path, self.report)
        if unknown:
            return _Unresolved(text)
        alone = _ALONE.fullmatch(text)
        if alone:
            return self.values[alone[1]]
        if names and _ARITHMETIC.fullmatch(text) and not is_expression(path):
            self.report.add(
                path,
                "arithmetic with parameters is not supported yet in this version",
                found=shown(text),
                help="make the result a parameter of its own",
            )
            return _Unresolved(text)
        spelt = _as_operand if is_expression(path) else _as_text
        return _USE.sub(lambda m: "$" if m[1] == "$" else spelt(self.values[m[1]]), text)


def is_expression(path: Path) -> bool:
    """Whether a place of the recipe holds an expression, or a size that may be one."""
    if path[:1] == ("functions",):
        return True
    return path[:1] == ("layer_types",) and bool({"compute", "mask", "shape"} & set(path[2:]))


def fillings(text: str, values: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Where parameters stand in the text of an expression, and what is put there."""
    for use in _USE.finditer(text):
        if use[1] == "$" or use[1] in values:
            yield use.start(), use.end(), "$" if use[1] == "$" else _as_operand(values[use[1]])


class _Unresolved(str):
    """A text whose parameters could not be filled in; its mistake has been reported."""


def unresolved(value: object) -> bool:
    """Whether a value is a text whose parameters could not be filled in."""
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

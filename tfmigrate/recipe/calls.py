"""What an entry of the architecture is called with, as full names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import RecipeProblem, nearest, shown
from tfmigrate.expressions import parse
from tfmigrate.recipe import forms
from tfmigrate.recipe.parameters import Filler, lost, unresolved
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.scope import Scope
from tfmigrate.recipe.tolerant import mapping


def inputs_of(source: Any, scope: Scope, path: Path, report: Reporter) -> Any:
    """A ``from`` with full names; an unknown name is reported, a wrong type left as it is."""
    if isinstance(source, str):
        if unresolved(source) or not source:
            return source
        found = scope.find(source)
        if found is None:
            scope.report_unknown(source, path, report)
            return lost(source)
        return found
    if isinstance(source, list):
        return [inputs_of(item, scope, (*path, i), report) for i, item in enumerate(source)]
    if isinstance(source, dict):
        return {k: inputs_of(item, scope, (*path, k), report) for k, item in source.items()}
    return source


@dataclass(frozen=True)
class BlockCall:
    """A use of a block: the values of its parameters, and the names of its inputs."""

    kind: str
    values: dict[str, Any]
    names: tuple[str, ...]

    def inputs(self, source: Any, path: Path, report: Reporter) -> dict[str, str]:
        """What each input of the block stands for; what does not fit is reported."""
        path = (*path, "from")
        if isinstance(source, str):
            source = [source]
        if isinstance(source, list):
            if len(source) != len(self.names):
                what = f"the block {shown(self.kind, 60)} takes {_counted(self.names)}"
                report.add(path, what, found=f"{len(source)}")
            source = dict(zip(self.names, source, strict=False))
        elif isinstance(source, dict):
            self._refuse_names(source, path, report)
        given = source if isinstance(source, dict) else {}
        found = {name: given.get(name) for name in self.names}
        for name, value in found.items():
            if value is not None and not isinstance(value, str):
                what = "an input of a block must be one layer or input"
                report.add((*path, name), what, found=shown(value, 60))
        return {n: v if isinstance(v := found.get(n), str) else lost(n) for n in self.names}

    def _refuse_names(self, source: dict[str, Any], path: Path, report: Reporter) -> None:
        """Inputs that the block has not, and those that it lacks."""
        kind = shown(self.kind, 60)
        for name in source:
            if name not in self.names:
                what = f"the block {kind} has no input {shown(name, 60)}"
                report.add((*path, name), what, nearest=nearest(name, self.names))
        missing = [name for name in self.names if name not in source]
        if len(source) < len(self.names) and missing:
            report.add(path, f"the block {kind} lacks its input {', '.join(missing)}")


def _counted(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return f"one input, {names[0]}"
    return f"{len(names)} inputs, {', '.join(names)}"


def of_block(
    kind: str,
    definition: Any,
    given: Mapping[str, Any],
    path: Path,
    filler: Filler,
    values: dict[str, Any] | None = None,
) -> BlockCall:
    """A use of a block.

    Args:
        kind: The block's name.
        definition: What the recipe says under it.
        given: What the use gives for its parameters.
        path: The entry's place.
        filler: Fills in defaults that use other parameters.
        values: The parameters, where they are known from an earlier use.
    """
    inputs = definition.get("inputs", "x") if isinstance(definition, dict) else "x"
    names = tuple(inputs) if isinstance(inputs, dict | list) else (inputs,)
    plain = tuple(n for n in names if isinstance(n, str)) or ("x",)
    if values is None:
        values = _parameters(kind, definition, given, path, filler)
    return BlockCall(kind, values, plain)


def _parameters(
    kind: str, definition: Any, given: Mapping[str, Any], path: Path, filler: Filler
) -> dict[str, Any]:
    declared = definition.get("parameters") if isinstance(definition, dict) else None
    wanted = forms.arguments(declared)
    wanted = wanted if isinstance(wanted, dict) else {}
    for name in given:
        if name not in wanted:
            what = f"the block {shown(kind, 60)} has no parameter {shown(name, 60)}"
            filler.report.add((*path, "with", name), what, nearest=nearest(name, wanted))
    values: dict[str, Any] = {}
    for name, default in wanted.items():
        if name in given:
            values[name] = given[name]
        elif default != forms.REQUIRED:
            at: Path = ("blocks", kind, "parameters", name)
            values[name] = filler.filled(default, at, values)
        elif not nearest(name, given.keys() - wanted.keys()):
            what = f"the block {shown(kind, 60)} needs the parameter {shown(name, 60)}"
            filler.report.add(path, what)
            values[name] = lost(name)
    return values


def of_expression(
    entry: dict[str, Any], path: Path, scope: Scope, report: Reporter
) -> dict[str, Any]:
    """A ``compute`` entry: ``from`` becomes a mapping of the names in it to full names.

    Without ``from`` its names are those of entries, and ``x`` is the previous one.
    """
    weights = mapping(entry, "weights")
    shared = {
        name: _variable(given, (*path, "weights", name), scope, report)
        for name, given in weights.items()
        if isinstance(given, str) and not unresolved(given)
    }
    source = entry.get("from")
    if "mask" in _names(entry) and scope.find("mask") and "mask" not in weights:
        what = "`mask` is Keras's mask of the input in an expression, and an entry is called mask"
        report.add((*path, "compute"), what, help="give it another name: `from: {m: mask}`")
    if source is None:
        names = [n for n in _names(entry) if n not in weights]
        found = _known(names, scope)
        if "x" in names and scope.previous:
            _refuse_either(entry, path, scope, report)
            found = {"x": scope.previous, **{n: v for n, v in found.items() if n != "x"}}
    else:
        found = inputs_of(source, scope, (*path, "from"), report)
        found = found if isinstance(found, dict) else {"x": found}
    return {**entry, "from": found or None, **({"weights": weights | shared} if weights else {})}


def _refuse_either(entry: dict[str, Any], path: Path, scope: Scope, report: Reporter) -> None:
    """Refuse an ``x`` that could be the previous entry, and another one of that name."""
    named = scope.find("x")
    if named is not None and named != scope.previous:
        what = "x is the previous entry here, and another one is called x"
        help = "say which one: `from: {x: NAME}`"
        report.add((*path, "compute"), what, help=help)


def _known(names: list[str], scope: Scope) -> dict[str, str]:
    """The names that are entries; the others are told with the expression itself."""
    found = {name: scope.find(name) for name in names if name != "mask"}
    return {name: full for name, full in found.items() if full is not None}


def _names(entry: dict[str, Any]) -> tuple[str, ...]:
    """The names that the expressions of an entry use; those of one that is none are no names."""
    found: list[str] = []
    for key in ("compute", "mask"):
        expression = entry.get(key)
        if isinstance(expression, str) and not unresolved(expression):
            try:
                found += parse(expression).names
            except RecipeProblem:
                continue  # told by the check of expressions, with its place
    return tuple(dict.fromkeys(found))


def _variable(given: str, path: Path, scope: Scope, report: Reporter) -> Any:
    found = scope.variable(given)
    if found is None:
        scope.report_unknown(given.partition("/")[0], path, report)
        return lost(given)
    return found

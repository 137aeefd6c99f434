"""Checks the layers and functions that a recipe declares: their names, expressions and use."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.expressions.ops import MODULES
from tfmigrate.recipe import forms
from tfmigrate.recipe.layer_names import REFUSED, LayerArguments, layers
from tfmigrate.recipe.nested import is_layer
from tfmigrate.recipe.parameters import unresolved
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.semantics import engine_of
from tfmigrate.recipe.spots import Spots, read
from tfmigrate.recipe.tolerant import items, mapping, text

# What an expression may always use, and what a size may.
_IN_COMPUTE = "mask"
_IN_SIZES = ("last", "input")


def check_declared(data: dict[str, Any], spots: Spots, report: Reporter) -> None:
    """Report every mistake in ``layer_types`` and ``functions``."""
    closed = isinstance(data.get("architecture"), dict)
    for name, kind in mapping(data, "layer_types").items():
        if isinstance(kind, dict):
            _layer_type(name, kind, closed, spots, report)
    for name, found in mapping(data, "functions").items():
        names = ("x",) if closed else None
        _expression(("functions", name), found, names, spots, report)
    for i, entry in enumerate(items(data.get("architecture"), "layers")):
        if isinstance(entry, dict):
            _entry(entry, ("architecture", "layers", i), spots, report)
    if closed:
        _names_of_its_own(data, report)
        _unused(data, report)


def declared_layers(data: dict[str, Any]) -> dict[str, LayerArguments]:
    """The declared layers as what a layer of the architecture may be."""
    found = {}
    for name, kind in mapping(data, "layer_types").items():
        given = arguments_of(kind)
        required = tuple(n for n, value in given.items() if value == forms.REQUIRED)
        optional = tuple(n for n in given if n not in required)
        named = tuple(n for n in items(kind, "inputs") if isinstance(n, str))
        found[name] = LayerArguments(name, required, optional, named)
    return found


def arguments_of(kind: Any) -> dict[str, Any]:
    """The arguments of a declared layer, from either form."""
    found = forms.arguments(kind.get("arguments")) if isinstance(kind, dict) else None
    return found if isinstance(found, dict) else {}


def _layer_type(
    name: str, kind: dict[str, Any], closed: bool, spots: Spots, report: Reporter
) -> None:
    path: Path = ("layer_types", name)
    inputs = tuple(n for n in items(kind, "inputs") if isinstance(n, str)) or ("x",)
    if isinstance(kind.get("inputs"), str):
        inputs = (kind["inputs"],)
    arguments, weights = arguments_of(kind), mapping(kind, "weights")
    states = mapping(kind, "states")
    groups = (("inputs", inputs), ("arguments", arguments), ("weights", weights))
    _free(path, (*groups, ("states", states)), report)
    closed = closed or "arguments" in kind
    known = (*inputs, *weights, *arguments, *states, _IN_COMPUTE)
    for key in ("compute", "mask"):
        if kind.get(key) is not None:
            _expression((*path, key), kind[key], known if closed else None, spots, report)
    for state, size in states.items():
        at = (*path, "states", state)
        _expression(at, size, tuple(arguments) if closed else None, spots, report)
    sizes = (*_IN_SIZES, *arguments)
    for weight, spec in weights.items():
        for i, size in enumerate(items(spec, "shape")):
            at = (*path, "weights", weight, "shape", i)
            _expression(at, size, sizes if closed else None, spots, report)


def _entry(entry: dict[str, Any], path: Path, spots: Spots, report: Reporter) -> None:
    """A ``compute`` entry, or a variable: its names and expressions."""
    inputs, weights = mapping(entry, "from"), mapping(entry, "weights")
    if isinstance(entry.get("compute"), str):
        _free(path, (("from", inputs), ("weights", weights)), report)
        for key in ("compute", "mask"):
            if entry.get(key) is not None:
                names = (*inputs, *weights, _IN_COMPUTE)
                _expression((*path, key), entry[key], names, spots, report)
    elif weights:
        report.add((*path, "weights"), "`weights` has no meaning here; a layer has its own")
    own = {(*path, "weights", name): spec for name, spec in weights.items()}
    for place, spec in {**own, (*path, "variable"): entry.get("variable")}.items():
        for i, size in enumerate(items(spec, "shape")):
            _expression((*place, "shape", i), size, _IN_SIZES, spots, report)


def _free(path: Path, groups: tuple[tuple[str, Any], ...], report: Reporter) -> None:
    """Names that an expression can use, and that stand for one thing only."""
    seen = {
        _IN_COMPUTE: "the mask that the layer gets",
        "last": "the last size of its input",
        "input": "the shape of its input",
    }
    for group, names in groups:
        for name in names:
            at = (*path, group, name) if isinstance(names, dict) else (*path, group)
            if not str(name).isidentifier() or keyword.iskeyword(name):
                what = f"{shown(name, 60)} cannot be a name in an expression"
                expected = "letters, digits and _, not starting with a digit"
                report.add(at, what, expected=expected)
            elif name in MODULES:
                report.add(at, f"{name} already means a module in expressions")
            elif name in seen:
                report.add(at, f"{name} already means {seen[name]}")
            seen.setdefault(name, f"one of its {group}")


def _expression(
    path: Path, found: Any, names: tuple[str, ...] | None, spots: Spots, report: Reporter
) -> None:
    if isinstance(found, str) and found.strip() and not unresolved(found):
        told = read(spots, path, found, names)[1]
        report.problems += [p for p in told if p not in report.problems]  # once for each block


def _names_of_its_own(data: dict[str, Any], report: Reporter) -> None:
    engine = engine_of(text(mapping(data, "architecture"), "semantics"))
    for name in mapping(data, "layer_types"):
        if name in layers(engine) or name in REFUSED:
            what = f"{shown(name, 60)} is a layer of Keras's own"
            report.add(("layer_types", name), what, help="declare yours under another name")


def _unused(data: dict[str, Any], report: Reporter) -> None:
    used = set(_words(mapping(data, "architecture").get("layers")))
    for section, what in (("layer_types", "layer type"), ("functions", "function")):
        for name in mapping(data, section):
            if (section, name) not in used and (section, name) not in report.elsewhere:
                said = f"the {what} {shown(name, 60)} is used nowhere"
                report.add((section, name), said)


def _words(value: Any) -> Iterator[tuple[str, str]]:
    """The layer classes and activations that layers name, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        if is_layer(value):
            yield "layer_types", value["layer"]
        for key, item in value.items():
            if "activation" in str(key) and isinstance(item, str):
                yield "functions", item
            yield from _words(item)

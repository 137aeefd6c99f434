"""Recipes as text."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.report import Style
from tfmigrate.report.inspection_text import hazards
from tfmigrate.report.recipe_results import KerasChecked, RecipeChecked, RecipeList, RecipeShown
from tfmigrate.report.words import counted, shape, table

_Data = Mapping[str, Any]


def listed(found: RecipeList, style: Style) -> list[str]:
    """The library, one recipe a line."""
    if not found.recipes:
        return ["the library holds no recipe"]
    rows = table([(r.name, shown(r.path)) for r in found.recipes], indent="")
    return [*rows, "", f"{counted(len(found.recipes), 'recipe')}; `tfmigrate recipe show NAME`"]


def checked(found: RecipeChecked, style: Style) -> list[str]:
    """That nothing is wrong, and what was looked at."""
    parts = (
        counted(found.layers, "layer"),
        counted(found.rules, "weight rule"),
        f"{counted(found.filled, 'default')} decided by its semantics",
    )
    return [f"{shown(found.path)}: no mistakes in the recipe ({', '.join(parts)})"]


def keras_checked(found: KerasChecked, style: Style) -> list[str]:
    """What a Keras config is as a recipe, what will be hard, and what checks it."""
    title = f"{shown(found.path)}: a Keras model config with {counted(found.layers, 'layer')}"
    command = f"tfmigrate h5-to-savedmodel WEIGHTS OUTPUT --recipe {shlex.quote(found.path)}"
    return [
        title,
        *hazards(found.hazards, style),
        f"next: `{shown(command, 1000)} --dry-run` checks it against weights",
    ]


def show(found: RecipeShown, style: Style) -> list[str]:
    """The recipe as it will be read, with every default that was filled in."""
    recipe = found.recipe
    title = f"{shown(found.path)}: {shown(recipe.get('name') or 'a recipe without a name')}"
    blocks = [
        list(_values("parameters", recipe.get("parameters") or {})),
        list(_architecture(recipe.get("architecture") or {})),
        list(_layer_types(recipe.get("layer_types") or {})),
        list(_functions(recipe.get("functions") or {})),
        list(_filled(found.filled)),
        list(_weights(recipe.get("weights") or {})),
        list(_values("signatures", recipe.get("signatures") or {})),
        list(_values("parity", recipe.get("parity") or {})),
    ]
    text = [line for block in blocks if block for line in ("", *block)]
    last = f"{counted(len(found.filled), 'default')} filled in"
    return [style.paint(title, "bold"), *text, "", last]


def _values(head: str, values: _Data) -> Iterator[str]:
    rows = [(name, _spoken(value)) for name, value in values.items() if value not in ({}, None)]
    if rows:
        yield f"  {head}"
        yield from table(rows, indent="    ")


def _architecture(architecture: _Data) -> Iterator[str]:
    if not architecture:
        return
    yield f"  architecture, semantics {shown(architecture.get('semantics') or 'not given')}"
    yield from table([_input(n, i) for n, i in architecture["inputs"].items()], "    ")
    for kind in ("graph", "application", "python"):
        if architecture.get(kind):
            given = f" with {_spoken(architecture['with'])}" if architecture.get("with") else ""
            yield f"    {kind} {shown(architecture[kind])}{given}"
    yield from map(_layer, architecture["layers"])
    if architecture.get("outputs"):
        yield f"    outputs {_spoken(architecture['outputs'])}"


def _input(name: str, spec: _Data) -> tuple[str, str, str]:
    if spec.get("tensor"):
        name = f"{name} = {spec['tensor']}"
    said = shape(tuple(spec["shape"])) if spec.get("shape") is not None else ""
    return name, said, spec.get("dtype") or ("" if spec.get("tensor") else "float32")


def _layer(layer: _Data) -> str:
    """An entry in a line, its name whole: rules and other entries refer to it."""
    kind = shown(layer.get("layer") or _other_kind(layer))
    given = [_spoken(layer[k]) for k in ("with", "call") if layer.get(k)]
    weights = (layer.get("weights") or {}).items()
    given += [_spoken({n: w.get("of") or w["shape"] for n, w in weights})] if weights else []
    source = f"  <- {_spoken(layer['from'])}" if layer.get("from") else ""
    return "  ".join([f"    {shown(layer['name'], 200)}", f"{kind}{source}", *given])


def _other_kind(layer: _Data) -> str:
    if layer.get("call_layer"):
        return f"again {layer['call_layer']}"
    if layer.get("variable"):
        return f"variable {shape(tuple(layer['variable']['shape']))}"
    return "; ".join(layer["compute"].strip().splitlines())


def _layer_types(kinds: _Data) -> Iterator[str]:
    from tfmigrate.recipe.forms import REQUIRED

    for name, kind in kinds.items():
        yield f"  layer type {shown(name)} of {', '.join(map(shown, kind['inputs']))}"
        given = (kind.get("arguments") or {}).items()
        rows = [("argument", n, "" if v == REQUIRED else _spoken(v)) for n, v in given]
        rows += [
            ("weight", n, f"({', '.join(map(str, w['shape']))})  {w['dtype'] or ''}".rstrip())
            for n, w in kind["weights"].items()
        ]
        yield from table(rows, "    ")
        yield from _expression("compute", kind["compute"])
        yield from _expression("mask", kind["mask"] or "none is passed on")


def _functions(functions: _Data) -> Iterator[str]:
    if functions:
        yield "  functions of x"
    for name, text in functions.items():
        yield from _expression(shown(name), text)


def _expression(head: str, text: str) -> Iterator[str]:
    lines = text.strip().splitlines()
    yield f"    {head}: {shown(lines[0], 1000)}"
    for line in lines[1:]:
        yield f"    {' ' * len(head)}  {shown(line, 1000)}"


def _filled(filled: tuple[dict[str, Any], ...]) -> Iterator[str]:
    if filled:
        yield "  defaults that were filled in"
        rows = [
            (d["layer"], d["argument"], f"{_spoken(d['value'])}  ({shown(d['semantics'])})")
            for d in filled
        ]
        yield from table(rows, indent="    ")


def _weights(weights: _Data) -> Iterator[str]:
    if weights.get("rules") or weights.get("ignore"):
        yield "  weights"
    for rule in weights.get("rules", ()):
        ops = f"  {_spoken(rule['ops'])}" if rule.get("ops") else ""
        yield f"    {_names(rule['from'])} -> {_names(rule['to'])}{ops}"
    for ignore in weights.get("ignore", ()):
        yield f"    ignore {_names(ignore['names'])}: {shown(ignore['because'])}"


def _names(names: list[str]) -> str:
    return " + ".join(map(shown, names))


def _spoken(value: Any) -> str:
    return shown(json.dumps(value, ensure_ascii=False))

"""Checks that every name a recipe uses exists, and that every name it gives is used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.graph import ref
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.tolerant import items, mapping, text, texts

_ENDS_LIKE_OUTPUT = re.compile(r".+\.[0-9]+")


@dataclass(frozen=True)
class Named:
    """The inputs and outputs of an architecture by name; ``inputs`` holds their data."""

    inputs: dict[str, Any]
    outputs: tuple[str, ...]


def check_architecture(data: dict[str, Any], report: Reporter) -> Named:
    """Report names that are unknown, given twice, used too early or never."""
    inputs, layers = mapping(data, "inputs"), items(data, "layers")
    later = {text(layer, "name") for layer in layers}
    known: set[str] = set(inputs)
    used: set[str] = set()
    before = len(report.problems)
    for i, layer in enumerate(layers):
        path: Path = ("architecture", "layers", i)
        name = text(layer, "name")
        if isinstance(layer, dict) and layer.get("from") is None:
            used |= _implicit(i, layers, inputs, path, report)
        elif isinstance(layer, dict):
            used |= _uses((*path, "from"), layer["from"], known, later, report)
        called = text(layer, "call_layer")
        made = {text(n, "name") for n in layers[:i] if text(n, "layer")}
        if called and called not in made:
            _unknown((*path, "call_layer"), called, made, later, report)
        _check_new_name(name, known, (*path, "name"), report)
        known.add(name)
    used |= _check_outputs(data, known, report)
    wrong = len(report.problems) > before or not layers  # then a name may be misspelt
    for name in () if wrong else inputs:
        if name not in used:
            report.add(("architecture", "inputs", name), f"the input {shown(name, 60)} is not used")
    return Named(inputs, _output_names(data, layers))


def _implicit(
    i: int, layers: list[Any], inputs: dict[str, Any], path: Path, report: Reporter
) -> set[str]:
    """What a layer without ``from`` takes: the layer before it, or the only input."""
    if i > 0:
        return {text(layers[i - 1], "name")}
    if len(inputs) > 1:
        report.add(
            path,
            "the first layer must say which input it takes",
            expected=f"from: one of {', '.join(inputs)}",
        )
    return set(inputs)


def _uses(path: Path, source: Any, known: set[str], later: set[str], report: Reporter) -> set[str]:
    """The names that a reference uses; those that do not exist are reported."""
    used = set()
    for at, word in texts(source, path):
        found = ref(word, known)
        if found:
            used.add(found.name)
        else:
            _unknown(at, word, known, later, report)
    return used


def _unknown(path: Path, word: str, known: set[str], later: set[str], report: Reporter) -> None:
    if ref(word, later):
        report.add(
            path,
            f"{shown(word, 60)} comes later; a layer takes what stands before it",
            help="move the layer up",
        )
        return
    report.add(
        path,
        f"there is no layer or input {shown(word, 60)} before this",
        nearest=nearest(word, sorted(known)),
    )


def _check_new_name(name: str, known: set[str], path: Path, report: Reporter) -> None:
    if name and name in known:
        report.add(path, f"the name {shown(name, 60)} is given twice")
    elif _ENDS_LIKE_OUTPUT.fullmatch(name):
        report.add(
            path,
            f"the name {shown(name, 60)} reads as an output of a layer",
            expected="a name that does not end in a dot and a number",
        )


def _check_outputs(data: dict[str, Any], known: set[str], report: Reporter) -> set[str]:
    layers = items(data, "layers")
    if not data.get("outputs"):
        return {text(layers[-1], "name")} if layers else set()
    return _uses(("architecture", "outputs"), data["outputs"], known, set(), report)


def _output_names(data: dict[str, Any], layers: list[Any]) -> tuple[str, ...]:
    named = data.get("outputs")
    if not named:
        return (text(layers[-1], "name"),) if layers else ()
    if isinstance(named, dict):
        return tuple(named)
    return tuple(word for _, word in texts(named, ()))


def check_signatures(data: dict[str, Any], names: Named | None, report: Reporter) -> None:
    """Report signature inputs and outputs that the architecture does not have."""
    for key, signature in mapping(data, "signatures").items():
        path: Path = ("signatures", key)
        if names is None or not isinstance(signature, dict):
            continue
        for name, spec in mapping(signature, "inputs").items():
            at = (*path, "inputs", name)
            _must_be("input", at, name, names.inputs, report)
            _check_shape(at, spec, names.inputs.get(name), report)
        for at, word in texts(signature.get("outputs"), (*path, "outputs")):
            _must_be("output", at, word, names.outputs, report)


def _check_shape(path: Path, spec: Any, declared: Any, report: Reporter) -> None:
    """A signature may fix a free dimension of an input; the rest must agree."""
    got, want = items(spec, "shape"), items(declared, "shape")
    if not isinstance(spec, dict) or spec.get("shape") is None or not isinstance(declared, dict):
        return
    if len(got) != len(want) or any(w not in (None, g) for g, w in zip(got, want, strict=True)):
        report.add(
            (*path, "shape"),
            "the shape does not fit the input of the architecture",
            found=shown(got),
            expected=shown(want),
        )


def check_parity(data: dict[str, Any], names: Named | None, report: Reporter) -> None:
    """Report parity settings for outputs and inputs that no caller sees."""
    parity = mapping(data, "parity")
    outputs = _served(data, names, "outputs")
    inputs = _served(data, names, "inputs")
    for section, kind, known in (("tolerance", "output", outputs), ("inputs", "input", inputs)):
        for name in mapping(parity, section) if known is not None else ():
            _must_be(kind, ("parity", section, name), name, known or (), report)


def _served(data: dict[str, Any], names: Named | None, what: str) -> tuple[str, ...] | None:
    """The names that callers see; None where the recipe does not say."""
    own = None if names is None else tuple(getattr(names, what))
    seen: list[str] = []
    for signature in mapping(data, "signatures").values():
        given = signature.get(what) if isinstance(signature, dict) else None
        if isinstance(given, dict) and given:
            seen += given
        elif given:
            seen += [word for _, word in texts(given, ())]
        elif own is None:
            return None
        else:
            seen += own
    return tuple(seen) or own


def _must_be(kind: str, path: Path, name: str, known: Iterable[str], report: Reporter) -> None:
    known = list(known)
    if name not in known:
        report.add(
            path,
            f"there is no {kind} {shown(name, 60)}",
            expected=f"one of {', '.join(known)}" if known else "",
            nearest=nearest(name, known),
        )

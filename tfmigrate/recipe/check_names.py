"""Checks that every name a recipe uses exists, and that every name it gives is used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.parameters import unresolved
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.tolerant import items, mapping, text, texts

_ENDS_LIKE_OUTPUT = re.compile(r".+\.[0-9]+")


@dataclass(frozen=True)
class Named:
    """The inputs, outputs and entries of an architecture by name; ``inputs`` holds their data."""

    inputs: dict[str, Any]
    outputs: tuple[str, ...]
    entries: tuple[str, ...] = ()


def check_architecture(data: dict[str, Any], report: Reporter) -> Named:
    """Report inputs that nothing takes, names that are given twice or read as something else.

    Args:
        data: The architecture, expanded: every reference is a full name.
        report: Where to.
    """
    inputs, layers = mapping(data, "inputs"), items(data, "layers")
    known: set[str] = set(inputs)
    used: set[str] = set()
    for i, layer in enumerate(layers):
        path: Path = ("architecture", "layers", i)
        name = text(layer, "name")
        if isinstance(layer, dict):
            used |= _used(layer.get("from"), known)
        _check_new_name(name, known, (*path, "name"), report)
        known.add(name)
    used |= _used(data.get("outputs"), known)
    wrong = bool(report.problems) or _has_lost(layers)  # then a name may be misspelt
    for name in () if wrong or not layers else inputs:
        if name not in used:
            report.add(("architecture", "inputs", name), f"the input {shown(name, 60)} is not used")
    entries = tuple(text(layer, "name") for layer in layers)
    return Named(inputs, _output_names(data, layers), entries)


def of_graph(data: dict[str, Any]) -> Named:
    """The names of an architecture that is a graph; its tensors are checked against the file."""
    return Named(mapping(data, "inputs"), tuple(mapping(data, "outputs")))


def _used(source: Any, known: set[str]) -> set[str]:
    """The layers and inputs that a reference takes something of; ``lstm.1`` is one of lstm."""
    words = (word for _, word in texts(source, ()))
    return {word if word in known else word.rpartition(".")[0] for word in words} & known


def _has_lost(layers: list[Any]) -> bool:
    """Whether an entry refers to something that does not exist, which has been reported."""
    return any(isinstance(x, dict) and _lost_in(x.get("from")) for x in layers)


def _lost_in(source: Any) -> bool:
    if isinstance(source, dict | list):
        return any(map(_lost_in, source.values() if isinstance(source, dict) else source))
    return unresolved(source)


def _check_new_name(name: str, known: set[str], path: Path, report: Reporter) -> None:
    if name and name in known:
        report.add(path, f"the name {shown(name, 60)} is given twice")
    elif _ENDS_LIKE_OUTPUT.fullmatch(name):
        report.add(
            path,
            f"the name {shown(name, 60)} reads as an output of a layer",
            expected="a name that does not end in a dot and a number",
        )


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
            _check_target(at, name, spec, names, report)
        for at, word in _taken(signature.get("outputs"), (*path, "outputs")):
            if word not in names.entries and word.rpartition(".")[0] not in names.entries:
                _must_be("output", at, word, names.outputs, report)


def _check_target(path: Path, name: str, spec: Any, names: Named, report: Reporter) -> None:
    to = spec.get("to") if isinstance(spec, dict) else None
    if isinstance(to, dict):
        for target in to:
            _must_be("input", (*path, "to", target), target, names.inputs, report)
    elif to is not None:
        if isinstance(to, str):
            _must_be("input", (*path, "to"), to, names.inputs, report)
    else:
        _must_be("input", path, name, names.inputs, report)
    if not items(spec, "steps") and not isinstance(to, dict):
        _check_shape(path, spec, names.inputs.get(to or name), report)


def _taken(outputs: Any, path: Path) -> Iterable[tuple[Path, str]]:
    """What the outputs of a signature are taken from."""
    if not isinstance(outputs, dict):
        yield from texts(outputs, path)
        return
    for name, said in outputs.items():
        word = said.get("from") if isinstance(said, dict) else said
        if isinstance(word, str) and not unresolved(word):
            yield ((*path, name, "from") if isinstance(said, dict) else (*path, name)), word


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

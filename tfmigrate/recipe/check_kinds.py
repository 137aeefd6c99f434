"""Checks where an architecture comes from: its own entries, or one of the other places."""

from __future__ import annotations

from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.applications import APPLICATIONS
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.tolerant import mapping, text

# Each kind with the keys that belong to it, besides `semantics`.
KINDS = {
    "layers": ("inputs", "outputs"),
    "keras": (),
    "application": ("with", "outputs"),
    "python": ("with", "inputs", "outputs"),
    "graph": ("inputs", "outputs", "feeds", "training"),
}
_PATH: Path = ("architecture",)


def check_kinds(architecture: dict[str, Any], report: Reporter) -> bool:
    """Report an architecture of no kind, of two, or with keys of another.

    Returns:
        Whether its entries, or the tensors of its graph, have names to be checked.
    """
    given = [kind for kind in KINDS if architecture.get(kind) is not None]
    if len(given) != 1:
        expected = f"one of {', '.join(KINDS)}"
        if given:
            what = "an architecture comes from one place"
            report.add(_PATH, what, found=" and ".join(given), expected=expected)
        else:
            report.add(_PATH, "the key layers is missing", help=f"or another: {expected}")
        return bool(architecture.get("layers"))
    (kind,) = given
    for key in ("inputs", "outputs", "feeds", "with", "training"):
        if architecture.get(key) not in (None, {}, []) and key not in KINDS[kind]:
            report.add((*_PATH, key), f"`{key}` has no meaning beside `{kind}`")
    if kind in ("layers", "graph") or architecture.get("inputs"):
        _inputs(architecture, kind, report)
    if kind == "layers" and architecture["layers"] == []:
        path: Path = (*_PATH, "layers")
        report.add(path, "layers must be not empty", found="a list", expected="not empty")
    if kind == "graph" and not architecture.get("outputs"):
        report.add(_PATH, "the key outputs is missing", expected='{probs: "probs:0"}')
    if kind == "application":
        _application(architecture, report)
    if kind == "python" and ":" not in text(architecture, "python"):
        found = text(architecture, "python")
        report.add((*_PATH, "python"), "names no function", found=found, expected="FILE.py:build")
    return kind == "layers"


def _inputs(architecture: dict[str, Any], kind: str, report: Reporter) -> None:
    path: Path = (*_PATH, "inputs")
    if architecture.get("inputs") is None:
        report.add(_PATH, "the key inputs is missing")
    elif architecture["inputs"] == {}:
        report.add(path, "inputs must be not empty", found="a mapping", expected="not empty")
    for name, spec in mapping(architecture, "inputs").items():
        if isinstance(spec, dict) and kind != "graph" and "shape" not in spec:
            report.add((*path, name), "the key shape is missing")
        if isinstance(spec, dict) and kind != "graph" and "tensor" in spec:
            report.add((*path, name, "tensor"), f"`tensor` has no meaning beside `{kind}`")
        if isinstance(spec, str) and kind != "graph":
            what = "an input of layers needs its shape"
            report.add((*path, name), what, expected="{shape: [null, 8]}")
        if isinstance(spec, dict) and kind == "graph" and "tensor" not in spec:
            report.add((*path, name), "the key tensor is missing", expected='{tensor: "x:0"}')


def _application(architecture: dict[str, Any], report: Reporter) -> None:
    name = text(architecture, "application")
    if name not in APPLICATIONS:
        near = nearest(name, APPLICATIONS)
        what = f"keras.applications has no {shown(name, 60)}"
        report.add((*_PATH, "application"), what, nearest=near)
        return
    known = APPLICATIONS[name]
    for argument in mapping(architecture, "with"):
        if argument not in known:
            near = nearest(argument, known)
            what = f"{name} has no argument {shown(argument, 60)}"
            report.add((*_PATH, "with", argument), what, nearest=near)

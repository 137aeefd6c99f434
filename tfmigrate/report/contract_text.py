"""Contracts, and what changed between two, in words."""

from __future__ import annotations

from collections.abc import Iterable

from tfmigrate.contract.changes import BREAKING, COMPATIBLE, NOTED, Change, Changes, place
from tfmigrate.contract.model import COMPOSITE, Contract, Tensor
from tfmigrate.contract.shapes import written
from tfmigrate.errors import shown
from tfmigrate.report import Style
from tfmigrate.report.words import counted, table

_TITLES = {
    BREAKING: ("BREAKS CALLERS", "red"),
    COMPATIBLE: ("compatible", "yellow"),
    NOTED: ("to note", "bold"),
}


def render(found: Contract, style: Style) -> list[str]:
    """The lines of a contract; the last one counts the signatures."""
    text = [style.paint(f"{shown(found.origin)}: what callers rely on", "bold")]
    for endpoint in found.signatures:
        text += ["", f"  signature  {shown(endpoint.key)}  ({shown(endpoint.method)})"]
        rows = [("in", *_cells(t)) for t in endpoint.inputs]
        rows += [("out", *_cells(t)) for t in endpoint.outputs]
        text += table(rows, indent="    ")
    how = "with --format json this is a file for --contract"
    return [*text, "", f"{counted(len(found.signatures), 'signature')}; {how}."]


def changes(found: Changes, style: Style) -> list[str]:
    """The lines of the changes, what breaks callers first; empty where there are none."""
    text = []
    for severity, (title, colour) in _TITLES.items():
        some = found.of(severity)
        if some:
            text += [f"  {style.paint(title, colour)}", *_lines(some)]
    return text


def summary(found: Changes) -> str:
    """The changes in a few words."""
    if found.breaking:
        verb = "BREAKS" if len(found.breaking) == 1 else "BREAK"
        return f"{counted(len(found.breaking), 'change')} of the signatures {verb} callers"
    others = len(found.of(COMPATIBLE))
    return f"{counted(others, 'compatible change')} of the signatures" if others else (
        "the signatures are the same"
    )  # fmt: skip


def _lines(found: Iterable[Change]) -> list[str]:
    text = []
    for change in found:
        text.append(f"    {place(change)}: {shown(change.what)}")
        if change.old or change.new:
            text.append(f"      was {shown(change.old) or '-'}, is {shown(change.new) or '-'}")
        text += [f"      help: {shown(change.help, 400)}"] if change.help else []
    return text


def _cells(tensor: Tensor) -> tuple[str, str, str]:
    if tensor.kind == COMPOSITE:
        return shown(tensor.name), "-", "sparse, ragged or composite"
    return shown(tensor.name), written(tensor.shape), shown(tensor.dtype)

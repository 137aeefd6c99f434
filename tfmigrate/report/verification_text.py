"""What checking a migrated SavedModel again found."""

from __future__ import annotations

from tfmigrate.errors import shown
from tfmigrate.report import Style, parity_text
from tfmigrate.report.words import counted, some, table
from tfmigrate.results import Verification


def render(found: Verification, style: Style) -> list[str]:
    """The lines of the report; the last one is the verdict."""
    path = shown(found.path)
    text = [style.paint(path, "bold")]
    if found.source or found.level:
        origin, level = shown(found.source or "(not stated)"), shown(found.level or "(not stated)")
        text.append(f"  migrated   from {origin}, with evidence of level {level}")
    text += _files(found, style) + _tensors(found, style)
    if found.certificate:
        text.append(f"  certified  by the certificate with the sha256 {found.certificate}")
    return [*text, *parity_text.render(found.parity, style), "", f"{path}: {_verdict(found)}"]


def _files(found: Verification, style: Style) -> list[str]:
    groups = {"changed": found.changed, "missing": found.missing, "added": found.extra}
    text = [
        style.paint(f"  files      {word} since the migration: {some(names)}", "red")
        for word, names in groups.items()
        if names
    ]
    return text or ["  files      the bytes are those the certificate names"]


def _tensors(found: Verification, style: Style) -> list[str]:
    if found.tensors is None:
        return []
    if not found.mismatches:
        return [f"  tensors    {counted(found.tensors, 'tensor')} read again, as the ledger says"]
    text = f"  tensors    {len(found.mismatches)} NOT as the ledger says:"
    rows = [(m.name, m.what + (f" ({m.found})" if m.name == "variables" and m.found else ""))
            for m in found.mismatches]  # fmt: skip
    return [style.paint(text, "red"), *table(rows, "    ")]


def _verdict(found: Verification) -> str:
    differing = len(found.changed) + len(found.missing) + len(found.extra)
    files = f"{counted(differing, 'file')} NOT as certified" if differing else "files as certified"
    if found.tensors is not None:
        wrong = len(found.mismatches)
        files += (
            f", {counted(wrong, 'tensor')} NOT" if wrong else f", {found.tensors:,} tensors too"
        )
    return f"{files}, {parity_text.summary(found.parity)}."

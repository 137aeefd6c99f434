"""What checking a migrated SavedModel again found."""

from __future__ import annotations

from tfmigrate.errors import shown
from tfmigrate.report import Style, parity_text
from tfmigrate.report.words import counted, some
from tfmigrate.results import Verification


def render(found: Verification, style: Style) -> list[str]:
    """The lines of the report; the last one is the verdict."""
    path = shown(found.path)
    text = [style.paint(path, "bold")]
    if found.source or found.level:
        origin, level = shown(found.source or "(not stated)"), shown(found.level or "(not stated)")
        text.append(f"  migrated   from {origin}, with evidence of level {level}")
    text += _files(found, style)
    return [*text, *parity_text.render(found.parity, style), "", f"{path}: {_verdict(found)}"]


def _files(found: Verification, style: Style) -> list[str]:
    groups = {"changed": found.changed, "missing": found.missing, "added": found.extra}
    text = [
        style.paint(f"  files      {word} since the migration: {some(names)}", "red")
        for word, names in groups.items()
        if names
    ]
    return text or ["  files      the bytes are those the certificate names"]


def _verdict(found: Verification) -> str:
    differing = len(found.changed) + len(found.missing) + len(found.extra)
    files = f"{counted(differing, 'file')} NOT as certified" if differing else "files as certified"
    return f"{files}, {parity_text.summary(found.parity)}."

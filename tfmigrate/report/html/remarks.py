"""Warnings, notes, and the walls that stood around the workers."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.errors import TfmigrateError
from tfmigrate.report.html.about import Context, Subject
from tfmigrate.results import Hazard, Migration


@dataclass(frozen=True)
class Wall:
    """One wall: in which workers a probe found it up, and where not."""

    name: str
    up: tuple[str, ...]
    down: tuple[str, ...]


@dataclass(frozen=True)
class Remarks:
    """What else a person should know."""

    hazards: tuple[Hazard, ...]
    renamed: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    walls: tuple[Wall, ...]
    wall_notes: tuple[str, ...]


def view(subject: Subject, context: Context) -> Remarks | None:
    """Warnings and notes; None where there are none."""
    if isinstance(subject, TfmigrateError):
        return None
    notes = subject.parity.notes if subject.parity is not None else ()
    if not isinstance(subject, Migration):
        return Remarks((), (), notes, (), ()) if notes else None
    found = Remarks(
        subject.source.hazards,
        tuple(subject.renamed.items()),
        tuple(dict.fromkeys((*notes, *subject.notes, *subject.source.notes))),
        _walls(subject),
        tuple(dict.fromkeys(note for wall in subject.walls.values() for note in wall.notes)),
    )
    return found if any(vars(found).values()) else None


def _walls(done: Migration) -> tuple[Wall, ...]:
    names = dict.fromkeys(name for wall in done.walls.values() for name in wall.found)
    found = []
    for name in names:
        up = tuple(w for w, wall in done.walls.items() if wall.found.get(name, False))
        found.append(Wall(name, up, tuple(w for w in done.walls if w not in up)))
    return tuple(found)

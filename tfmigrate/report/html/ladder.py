"""The levels of evidence as a ladder, each in plain words, the reached one marked."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.proof import LEVELS, Parity
from tfmigrate.report.html.about import Context, Subject, parity_of
from tfmigrate.report.html.weak import reasons

# What the exported model was compared with, and what that proves.
AGAINST = {
    "rebuilt": "the rebuilt model before its export",
    "reader": "another reader of the same file",
    "graph": "the source's own graph",
    "recorded": "what the original runtime recorded",
}
_REFUTED = "The export was compared with {}, and it gives other answers."
_MEANS = {
    "unverified": "compared with nothing",
    "rebuilt": "compared with the rebuilt model before its export: proves weights and export only",
    "reader": "compared with another reader of the same file, which shares layer code with ours",
    "graph": "compared with the source's own graph, run as it is",
    "recorded": "compared with what the original model answered in a runtime of its own time",
}
# Said of the level that was reached, and of no other.
_PROVES = {
    "unverified": "Nothing was compared with anything.",
    "rebuilt": (
        "The export answers as the rebuilt model did: every weight is in its place, and nothing "
        "was lost in the export. Whether the architecture is the original one was not checked."
    ),
    "reader": (
        "Another reader of the same file computes the same answers. It shares layer code with the "
        "rebuilt model, so a mistake in that code would not show."
    ),
    "graph": (
        "The source's own graph was run as it is, and gives the same answers. Nothing about the "
        "architecture had to be taken on trust."
    ),
    "recorded": (
        "The original model ran in a runtime of its own time, and the export gives the answers "
        "that were recorded there. There is no stronger evidence."
    ),
}


@dataclass(frozen=True)
class Step:
    """One level: what it means, or what was proved where this result stands there."""

    level: str
    said: str
    reached: bool


@dataclass(frozen=True)
class Ladder:
    """The levels, the sentence of the result, and what is to be held against it."""

    steps: tuple[Step, ...]
    said: str
    held: bool
    weak: tuple[str, ...]
    recorded: tuple[tuple[str, str], ...]


def view(subject: Subject, context: Context) -> Ladder | None:
    """The ladder of a result; None where parity was not reached."""
    parity = parity_of(subject)
    return _ladder(parity) if parity is not None else None


def _ladder(parity: Parity) -> Ladder:
    held = bool(parity) or parity.level == "unverified"
    said = {**_MEANS}
    said[parity.level] = _PROVES[parity.level] if held else _REFUTED.format(AGAINST[parity.level])
    steps = (Step(n, said[n], n == parity.level) for n in LEVELS)
    weak = reasons(parity) if bool(parity) else ()
    return Ladder(tuple(steps), parity.said, held, weak, tuple(sorted(parity.recorded.items())))

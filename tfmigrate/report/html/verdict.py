"""The verdict in one sentence: a word, what happened, where, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.errors import TfmigrateError
from tfmigrate.report.html import steps, stories
from tfmigrate.report.html.about import Context, Subject
from tfmigrate.report.html.weak import reasons
from tfmigrate.report.verdict import passed
from tfmigrate.results import Verification

# Word -> (mark, tone): the mark tells them apart in grey.
_TONES = {
    "PASSED": ("✓", "good"),
    "WEAK": ("!", "weak"),
    "UNVERIFIED": ("?", "weak"),
    "DRY RUN": ("…", "plain"),
    "FAILED": ("✕", "bad"),
    "REFUSED": ("✕", "bad"),
    "STOPPED": ("✕", "bad"),
}


@dataclass(frozen=True)
class Verdict:
    """What a reader learns first.

    Attributes:
        word: One of seven words.
        mark: Its sign.
        tone: The class that colours it.
        sentence: What happened, in one sentence.
        happened: What else happened.
        where: Where to look: what it is, and its name.
        next: What to do, each with a command or a line to paste, or none.
        title: What it is about.
    """

    word: str
    mark: str
    tone: str
    sentence: str
    happened: tuple[str, ...]
    where: tuple[tuple[str, str], ...]
    next: tuple[steps.Step, ...]
    title: str


def word(subject: Subject) -> str:
    """The verdict in one word."""
    if isinstance(subject, TfmigrateError):
        return {1: "FAILED", 6: "STOPPED"}.get(subject.exit_code, "REFUSED")
    if subject.parity is None:
        return "DRY RUN"
    held = passed(subject)
    if held is None:
        return "UNVERIFIED"
    if not held:
        return "FAILED"
    return "WEAK" if reasons(subject.parity) else "PASSED"


def view(subject: Subject, context: Context) -> Verdict:
    """The verdict on a result, or on a run that an error ended."""
    said = word(subject)
    story = stories.of(subject, said)
    what = "Check" if isinstance(subject, Verification) else "Migration"
    name = context.source or story.name
    return Verdict(
        said, *_TONES[said], story.sentence, story.happened, story.where,
        steps.after(subject, said, context), f"{what} of {name}" if name else what,
    )  # fmt: skip

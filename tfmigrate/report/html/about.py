"""What a page is about: a result, or the error that ended a run before there was one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tfmigrate.errors import TfmigrateError
from tfmigrate.proof import Parity
from tfmigrate.results import Migration, Verification

Subject = Migration | Verification | TfmigrateError


@dataclass(frozen=True)
class Context:
    """How the result came about, which the result itself does not know.

    Attributes:
        source: What the command was given.
        command: The command line that repeats it, "" where there was none.
        versions: Of the packages that took part.
        platform: The system and the processor.
    """

    source: str = ""
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""


def parity_of(subject: Subject) -> Parity | None:
    """The verdict on the exported model, where one was reached."""
    return None if isinstance(subject, TfmigrateError) else subject.parity

"""Every error a user can cause, and what they are told about it.

    TfmigrateError                 exit code
    +-- NotProved                   1   parity, evidence or the signature contract did not hold
    +-- UsageProblem                2   wrong command line
    |   +-- OutputExists            2   something is at OUTPUT and --overwrite was not given
    +-- SourceProblem               3   the source cannot be used
    |   +-- NotRecognised           3   none of the formats we know
    |   +-- Damaged                 3   truncated, corrupt, a shard missing
    |   +-- NotSupported            3   recognised, but not something we convert (yet)
    +-- MappingProblem              4   weights and architecture do not fit each other
    +-- RecipeProblem               4   the recipe itself has mistakes
    +-- UnsafeContent               5   content that would run code or reach outside the file
    +-- EnvironmentProblem          6   missing package, memory, disk, time
        +-- WorkerDied              6   a worker was killed, aborted or ran out of a limit

A bug of ours is any other exception (exit code 70).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, where, found and expected, what to do next.

    Attributes:
        what: The sentence, without a full stop.
        where: The file, layer or tensor it is about.
        line: The line in that file, counted from 1.
        path: The place inside a document (``$.architecture.layers[3].with``).
        found: What is there.
        expected: What should be there.
        nearest: Candidates that look alike, the best first.
        help: What to do next.
    """

    what: str
    where: str = ""
    line: int | None = None
    path: str = ""
    found: str = ""
    expected: str = ""
    nearest: tuple[str, ...] = ()
    help: str = ""


class TfmigrateError(Exception):
    """Base of everything a user can cause; bugs of ours are not in this tree.

    Args:
        what: The sentence that says what happened.
        problems: Everything that is wrong, all at once.
        where: The file, layer or tensor it is about.
        help: What to do next.
    """

    exit_code: ClassVar[int] = 70

    def __init__(
        self,
        what: str,
        problems: Iterable[Problem] = (),
        *,
        where: str = "",
        help: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.problems = tuple(problems)
        self.where = where
        self.help = help

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head, *(f"  {p.where + ': ' if p.where else ''}{p.what}" for p in self.problems)]
        return "\n".join([*lines, f"  help: {self.help}"] if self.help else lines)

    def to_dict(self) -> dict[str, Any]:
        """The error as plain JSON, for the JSON report and for the way out of a worker."""
        return {
            "error": type(self).__name__,
            "exit_code": self.exit_code,
            "what": self.what,
            "where": self.where,
            "help": self.help,
            "problems": [vars(p) | {"nearest": list(p.nearest)} for p in self.problems],
        }


class NotProved(TfmigrateError):
    """Parity, the evidence asked for, or the signature contract did not hold."""

    exit_code = 1


class UsageProblem(TfmigrateError):
    """The command line asks for something that makes no sense."""

    exit_code = 2


class OutputExists(UsageProblem):
    """Something is at OUTPUT, and it is never touched without ``--overwrite``."""


class SourceProblem(TfmigrateError):
    """The source cannot be used."""

    exit_code = 3


class NotRecognised(SourceProblem):
    """The source is none of the formats we know."""


class Damaged(SourceProblem):
    """The source is truncated, corrupt or incomplete."""


class NotSupported(SourceProblem):
    """The source is recognised, but it cannot be converted."""


class MappingProblem(TfmigrateError):
    """Weights and architecture do not fit each other."""

    exit_code = 4


class RecipeProblem(TfmigrateError):
    """The recipe itself has mistakes."""

    exit_code = 4


class UnsafeContent(TfmigrateError):
    """The source holds content that would run code or reach outside the file."""

    exit_code = 5


class EnvironmentProblem(TfmigrateError):
    """This machine lacks a package, memory, disk or time."""

    exit_code = 6


class WorkerDied(EnvironmentProblem):
    """A worker was killed, aborted, or ran into one of its limits."""


_BY_NAME: dict[str, type[TfmigrateError]] = {
    c.__name__: c
    for c in (
        NotProved, UsageProblem, OutputExists, SourceProblem, NotRecognised, Damaged, NotSupported,
        MappingProblem, RecipeProblem, UnsafeContent, EnvironmentProblem, WorkerDied,
    )
}  # fmt: skip


def from_dict(data: Mapping[str, Any]) -> TfmigrateError:
    """The error that :meth:`TfmigrateError.to_dict` wrote.

    Raises:
        KeyError: The class is none of this module.
    """
    problems = [Problem(**{**p, "nearest": tuple(p["nearest"])}) for p in data["problems"]]
    return _BY_NAME[data["error"]](data["what"], problems, where=data["where"], help=data["help"])


def nearest(name: str, candidates: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The candidates that look most like ``name``, the best first."""
    return tuple(difflib.get_close_matches(name, list(candidates), count, 0.6))


def shown(text: object, limit: int = 200) -> str:
    """Text out of a file made safe to print: no control characters, no endless lines."""
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return safe if len(safe) <= limit else f"{safe[: limit - 3]}..."

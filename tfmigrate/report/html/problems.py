"""What did not fit, when an error ended the run: all of it, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.errors import Problem, TfmigrateError
from tfmigrate.report.html.about import Context, Subject

_MOST = 2000


@dataclass(frozen=True)
class Problems:
    """All problems of an error.

    Attributes:
        problems: Each with where, found, expected and help.
        left: How many more there are.
    """

    problems: tuple[tuple[Problem, str], ...]
    left: int


def view(subject: Subject, context: Context) -> Problems | None:
    """The problems of an error; None for a result, and where the sentence says it all."""
    if not isinstance(subject, TfmigrateError) or not subject.problems:
        return None
    pairs = tuple((p, _place(p)) for p in subject.problems[:_MOST])
    return Problems(pairs, max(0, len(subject.problems) - _MOST))


def _place(problem: Problem) -> str:
    """``file:12 $.path``."""
    spot = problem.where
    if problem.line is not None:
        spot = f"{spot}:{problem.line}" if spot else f"line {problem.line}"
    return " ".join(part for part in (spot, problem.path) if part)

"""A result as one self-contained page."""

from __future__ import annotations

from tfmigrate.lazy import load
from tfmigrate.report.html.about import Context, Subject

# How a page of ours is told from a file that must not be overwritten; in its first 200 bytes.
MARK = "<!-- tfmigrate report 1 -->"
MARK_WITHIN = 200


def render(subject: Subject, context: Context | None = None) -> str:
    """The page of a migration, of a check, or of the error that ended one.

    Args:
        subject: The result, or the error.
        context: How it came about.
    """
    page: str = load("tfmigrate.report.html.page:render")(subject, context or Context())
    return f"<!doctype html>\n{MARK}\n{page}"

"""What a check found that is not as the certificate says."""

from __future__ import annotations

from tfmigrate.report.html.about import Context, Subject
from tfmigrate.report.html.architecture import MOST
from tfmigrate.report.html.sensitivity import Table
from tfmigrate.results import Verification

_HEADS = ("what", "name", "found", "certified")


def view(subject: Subject, context: Context) -> Table | None:
    """Every file and tensor that is another one; None where all are as they were."""
    if not isinstance(subject, Verification) or subject.intact:
        return None
    groups = {"changed": subject.changed, "missing": subject.missing, "added": subject.extra}
    rows = [(f"file {what}", name, "", "") for what, names in groups.items() for name in names]
    rows += [(m.what, m.name, m.found, m.expected) for m in subject.mismatches]
    return Table(_HEADS, tuple(rows[:MOST]))

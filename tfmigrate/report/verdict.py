"""The verdict of a result, the same for text, JSON and the exit code."""

from __future__ import annotations

from tfmigrate.results import Migration, Verification


def passed(result: Migration | Verification) -> bool | None:
    """Whether what was checked holds; None where no output was compared with anything."""
    parity = result.parity
    if parity is None:
        return None
    files = (
        (*result.changed, *result.extra, *result.missing)
        if isinstance(result, Verification)
        else ()
    )
    held = all(parity.outputs) and all(parity.checks.values()) and not files
    if held and parity.level == "unverified":
        return None
    return held and bool(parity.outputs)

"""The verdict of a result, the same for text, JSON and the exit code."""

from __future__ import annotations

from tfmigrate.results import Migration, Verification


def passed(result: Migration | Verification) -> bool | None:
    """Whether what was checked holds; None where no output was compared with anything."""
    parity = result.parity
    if parity is None:
        return None
    if not (result if isinstance(result, Verification) else parity):
        return False
    return True if parity.outputs else None

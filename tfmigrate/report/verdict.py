"""The verdict of a result, the same for text, JSON and the exit code."""

from __future__ import annotations

from tfmigrate.results import Migration, Verification


def passed(result: Migration | Verification) -> bool | None:
    """Whether what was checked holds; None where no output was compared with anything."""
    parity = result.parity
    if parity is None:
        return None
    intact = result.intact if isinstance(result, Verification) else True
    held = all(parity.outputs) and all(parity.checks.values()) and intact
    if held and parity.level == "unverified":
        return None
    return held and bool(parity.outputs)

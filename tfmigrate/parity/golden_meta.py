"""What a golden file says of itself: the versions that recorded it, and the hash of the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfmigrate.errors import Damaged, shown
from tfmigrate.sources import strict_json

_MOST = 1 << 20  # bytes
_ENTRIES, _LONGEST, _NOTES = 64, 200, 20
UNREADABLE = "the golden file's meta cannot be read: nothing is known of what recorded it"


@dataclass(frozen=True)
class Meta:
    """What a golden file says of itself; claims, not proofs.

    Attributes:
        recorded: Versions and circumstances, flat, as a report shows them.
        sources: SHA-256 of each file of the source, by its name.
        notes: What the recorder noted.
        problem: Why it cannot be read, "" where it can, or where there is none.
    """

    recorded: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str = ""


def read(array: np.ndarray[Any, Any] | None) -> Meta:
    """The ``meta`` of a golden file; whatever it holds, nothing worse than a note follows."""
    if array is None:
        return Meta()
    if array.dtype != np.uint8 or array.nbytes > _MOST:
        return Meta(problem=UNREADABLE)
    try:
        found = strict_json.parse_object(array.tobytes(), "meta")
    except Damaged:
        return Meta(problem=UNREADABLE)
    sources = _texts(found.get("source"))
    notes = found.get("notes")
    said = notes[:_NOTES] if isinstance(notes, list) else []
    return Meta(_flat(found, sources), sources, tuple(shown(n) for n in said if isinstance(n, str)))


def another_source(sources: Mapping[str, str], hashes: Mapping[str, str]) -> str:
    """A note where a golden file was recorded from another file than the one migrated, else "".

    Args:
        sources: SHA-256 by name, as the golden file says (:attr:`Meta.sources`).
        hashes: SHA-256 by path of the source that is migrated.
    """
    theirs, ours = set(sources.values()), set(hashes.values())
    if not theirs or not ours or theirs <= ours or ours <= theirs:
        return ""
    named = ", ".join(f"{shown(n)} ({d[:12]})" for n, d in sorted(sources.items())[:3])
    return f"the golden file was recorded from another file than this one: {named}"


def _flat(found: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, str]:
    """Versions first, then how the inputs were made, then the source.

    A file that somebody wrote by hand may hold the versions without the mapping around them.
    """
    flat = _texts(found.get("versions", found))
    for key in ("inputs", "signature", "recorder"):
        value = found.get(key)
        if isinstance(value, str) and value:
            flat[key] = shown(value, _LONGEST)
    for name, digest in sorted(sources.items()):
        flat["source sha256" if len(sources) == 1 else f"source sha256 {name}"] = digest
    return dict(list(flat.items())[:_ENTRIES])


def _texts(value: Any) -> dict[str, str]:
    """The texts of a JSON object, safe to show."""
    if not isinstance(value, dict):
        return {}
    texts = ((k, v) for k, v in sorted(value.items()) if isinstance(v, str))
    return {shown(k, _LONGEST): shown(v, _LONGEST) for k, v in list(texts)[:_ENTRIES]}

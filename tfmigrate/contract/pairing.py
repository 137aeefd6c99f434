"""Which names of two signatures mean the same tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def paired(
    old: Sequence[str], new: Sequence[str], renames: Mapping[str, str] | None = None
) -> dict[str, str] | None:
    """For every old name the new one, None where one of them has none without doubt.

    A name stands for what a renaming says, else for itself; where there is one name on either side,
    they belong together.
    """
    found: dict[str, str] = {}
    for name in old:
        other = (renames or {}).get(name, name)
        if other is not None and other in new and other not in found.values():
            found[name] = other
    if len(found) == len(old):
        return found
    return {old[0]: new[0]} if len(old) == len(new) == 1 else None

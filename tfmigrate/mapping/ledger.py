"""The books, closed: what the exported files hold against what each variable was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tfmigrate.errors import MappingProblem, Problem
from tfmigrate.results import LedgerEntry


def close(entries: Sequence[LedgerEntry], exported: Mapping[str, str]) -> tuple[LedgerEntry, ...]:
    """The entries with the hashes that were read back from the exported files.

    Args:
        entries: What was restored and ignored.
        exported: The SHA-256 of every variable in the exported files, by its name.

    Raises:
        MappingProblem: A variable differs, is missing, was never restored or was restored twice;
            all of them at once.
    """
    problems = [*_mismatches(entries, exported), *_strangers(entries, exported)]
    if problems:
        count = "1 variable" if len(problems) == 1 else f"{len(problems)} variables"
        raise MappingProblem(f"the exported files do not hold what was restored: {count}", problems)
    return tuple(
        replace(entry, targets={name: exported[name] for name in entry.expected})
        for entry in entries
    )


def _mismatches(entries: Sequence[LedgerEntry], exported: Mapping[str, str]) -> Iterator[Problem]:
    for entry in entries:
        for name, expected in entry.expected.items():
            found = exported.get(name)
            if found is None:
                yield Problem("the variable is not in the exported files", where=name)
            elif found != expected:
                what = "the exported values are not the restored ones"
                yield Problem(what, where=name, found=found, expected=expected)


def _strangers(entries: Sequence[LedgerEntry], exported: Mapping[str, str]) -> Iterator[Problem]:
    counts = Counter(name for entry in entries for name in entry.expected)
    for name, count in counts.items():
        if count > 1:
            yield Problem(f"the variable was restored {count} times", where=name)
    for name in exported:
        if name not in counts:
            yield Problem("the variable was exported, but never restored", where=name)

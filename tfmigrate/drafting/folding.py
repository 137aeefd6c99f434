"""Entries that repeat, folded: one entry with ``repeat``, or a block and its instances."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tfmigrate.drafting.entries import Entry

_LEAST = 3  # instances of a few entries: two are as easily read as written
_LONG = 4  # entries of an instance from which on two are worth it
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Folded:
    """An entry as a recipe holds it, and its comment."""

    data: dict[str, Any]
    said: str = ""


@dataclass(frozen=True)
class Whole:
    """An architecture with its repeats folded.

    Attributes:
        entries: Its entries.
        blocks: The blocks that they use.
    """

    entries: tuple[Folded, ...]
    blocks: dict[str, tuple[Folded, ...]] = field(default_factory=dict)


def folded(entries: Sequence[Entry]) -> Whole:
    """Entries in which parts that are the same, but for one number in their names, stand once."""
    found: list[Folded] = []
    blocks: dict[str, tuple[Folded, ...]] = {}
    at = 0
    while at < len(entries):
        run = _run(entries, at)
        if run is None:
            found.append(Folded(entries[at].as_data(), entries[at].said))
            at += 1
            continue
        found.append(_repeated(run, blocks))
        at += run.length * run.count
    return Whole(tuple(found), blocks)


@dataclass(frozen=True)
class _Run:
    """Some entries that stand ``count`` times, all of them under names that start alike.

    Attributes:
        head: The names up to the number.
        start: The first number.
        length: How many entries there are in one instance.
        count: How many instances.
        members: The entries of the first, with what follows the number in their names.
        before: What the first one is called with.
    """

    head: str
    start: int
    length: int
    count: int
    members: tuple[tuple[str, Entry], ...]
    before: str


def _run(entries: Sequence[Entry], at: int) -> _Run | None:
    """The longest repetition that starts at a place; None where there is none."""
    best: _Run | None = None
    for match in _NUMBER.finditer(entries[at].name):
        run = _run_of(entries, at, entries[at].name[: match.start()], match[0])
        if run and (best is None or run.length * run.count > best.length * best.count):
            best = run
    return best


def _run_of(entries: Sequence[Entry], at: int, head: str, number: str) -> _Run | None:
    if len(number) > 6 or str(int(number)) != number:
        return None
    start = int(number)
    members = tuple(_instance(entries, at, head, start))
    wanted = _plains(entries, at, head, start)
    count, after = 1, at + len(members)
    while _same(entries, after, head, start + count, wanted):
        count += 1
        after += len(members)
    before = _before(entries, at)
    least = 2 if len(members) >= _LONG else _LEAST
    if count < least or (len(members) > 1 and not _is_block(members, head, start, before)):
        return None
    return _Run(head, start, len(members), count, members, before)


def _instance(
    entries: Sequence[Entry], at: int, head: str, number: int
) -> Iterator[tuple[str, Entry]]:
    """The entries from a place on whose names start with ``head`` and the number."""
    prefix = f"{head}{number}"
    for entry in entries[at:]:
        rest = entry.name[len(prefix) :]
        if not entry.name.startswith(prefix) or rest[:1].isdigit():
            return
        yield rest, entry


def _same(entries: Sequence[Entry], at: int, head: str, number: int, wanted: Sequence[str]) -> bool:
    return _plains(entries, at, head, number) == list(wanted)


def _before(entries: Sequence[Entry], at: int) -> str:
    """What an entry is called with where it does not say."""
    source = entries[at].source
    if isinstance(source, str) and source:
        return source
    return entries[at - 1].name if at else "x"


def _plains(entries: Sequence[Entry], at: int, head: str, number: int) -> list[str]:
    """What must be the same for entries to be instances of one thing."""
    prefix = f"{head}{number}"
    found: list[str] = []
    for rest, entry in _instance(entries, at, head, number):
        source = entry.source
        if source == _before(entries, at):
            source = "@"
        elif isinstance(source, str) and source.startswith(prefix):
            source = f"*{source[len(prefix) :]}"
        if not found:
            source = ""  # the first is called with whatever comes before
        found.append(json.dumps([rest, entry.layer, entry.args, source], sort_keys=True))
    return found


def _is_block(members: Sequence[tuple[str, Entry]], head: str, start: int, before: str) -> bool:
    """Whether entries can be a block: all below one name, called with each other or its input."""
    prefix = f"{head}{start}/"
    return all(rest.startswith("/") for rest, _ in members) and all(
        isinstance(e.source, str)
        and (not e.source or e.source == before or e.source.startswith(prefix))
        for _, e in members
    )


def _repeated(run: _Run, blocks: dict[str, tuple[Folded, ...]]) -> Folded:
    start: dict[str, Any] = {} if run.start == 1 else {"start": run.start}
    if run.length == 1:
        ((rest, entry),) = run.members
        data = entry.as_data() | {"name": f"{run.head}$index{rest}"}
        return Folded(data | {"repeat": run.count} | start, entry.said)
    name = _free(run.head.rpartition("/")[2].strip("_-") or "block", blocks)
    first, *others = (entry for _, entry in run.members)
    inside = [_inside(replace(first, source=""), run), *(_inside(e, run) for e in others)]
    blocks[name] = tuple(inside)
    data = {"name": f"{run.head}$index", "block": name}
    if isinstance(first.source, str) and first.source:
        data["from"] = first.source
    return Folded(data | {"repeat": run.count} | start, "sure: the same weights each time")


def _inside(entry: Entry, run: _Run) -> Folded:
    prefix = f"{run.head}{run.start}/"
    data = entry.as_data() | {"name": entry.name[len(prefix) :]}
    if entry.source == run.before:
        data["from"] = "x"
    elif isinstance(entry.source, str) and entry.source:
        data["from"] = entry.source[len(prefix) :]
    return Folded(data, entry.said)


def _free(wanted: str, taken: dict[str, Any]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name

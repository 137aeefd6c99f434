"""The order of layers, where a file has none: by name, or the only one in which sizes fit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tfmigrate.drafting.entries import Entry

_MOST = 12  # layers; beyond so many the orders are too many to try
_DIGITS = re.compile(r"(\d+)")


# What comes early or late in a model, by the words that its authors use. Source: slim, BERT, the
# Keras guides.
_PLACES = (
    (re.compile(r"(.*_)?emb(ed|edding|eddings)?|stem|input|encoder", re.IGNORECASE), 0),
    (re.compile(r"batch_?norm.*|layer_?norm.*|bn\d*|ln\d*", re.IGNORECASE), 6),
    (re.compile(r"output|pooler|decoder", re.IGNORECASE), 7),
    (re.compile(r"(aux_?)?logits.*|predictions|heads?|classifier|final|out|cls", re.IGNORECASE), 8),
)
_ANYWHERE = 5


def natural(name: str) -> list[tuple[int, list[tuple[int, int, str]]]]:
    """A sorting key by which ``conv2`` comes before ``conv10``, and a norm behind its layer."""
    return [(_place(segment), _numbered(segment)) for segment in name.split("/")]


def _place(segment: str) -> int:
    return next((place for words, place in _PLACES if words.fullmatch(segment)), _ANYWHERE)


def _numbered(segment: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(part), "") if part.isdigit() and len(part) < 10 else (1, 0, part)
        for part in _DIGITS.split(segment)
        if part
    ]


def by_size(entries: Sequence[Entry]) -> list[Entry] | None:
    """The only order in which each layer's input is as large as the output before; else None."""
    layers = [e for e in entries if e.layer]
    if len(layers) > _MOST or len(layers) < 2:
        return None
    found: list[list[Entry]] = []
    _extend([], layers, found, [20_000])
    if len(found) != 1:
        return None
    return [*found[0], *(e for e in entries if not e.layer)]


def _extend(
    row: list[Entry], left: list[Entry], found: list[list[Entry]], steps: list[int]
) -> None:
    steps[0] -= 1
    if len(found) > 1 or steps[0] < 0:
        return
    if not left:
        found.append(row)
        return
    for i, entry in enumerate(left):
        if not row or _follows(row, entry):
            _extend([*row, entry], [*left[:i], *left[i + 1 :]], found, steps)


def _follows(row: Sequence[Entry], entry: Entry) -> bool:
    size = next((e.gives for e in reversed(row) if e.gives is not None), row[0].takes)
    rank = next((e.gives_rank for e in reversed(row) if e.gives_rank), 2)
    if entry.takes is None or size is None:
        return entry.layer != "Embedding"
    if entry.takes == size:
        return entry.rank in (0, rank) or entry.rank == 3
    return entry.layer == "Dense" and rank > 2 and entry.takes % size == 0

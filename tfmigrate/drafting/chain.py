"""Entries in a row: what each is called with, as far as sizes tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tfmigrate.drafting.entries import GUESSED, UNKNOWN, Drafted, Entry, Note

_TOGETHER = {
    **dict.fromkeys(("query", "key", "value"), "attention"),
    **dict.fromkeys(("wq", "wk", "wv"), "attention"),
    **dict.fromkeys(("q", "k", "v"), "attention"),
}


@dataclass
class _State:
    """What the entry before gives.

    Attributes:
        name: Its name, "" before the first.
        rank: How many dimensions it has, batch included.
        size: Its last size; None where nothing says.
    """

    name: str = ""
    rank: int = 0
    size: int | None = None


@dataclass
class _Chain:
    semantics: str
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    state: _State = field(default_factory=_State)
    together: dict[str, _State] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Put an entry behind the others, called with the one before where that fits."""
        if not entry.layer:
            self.entries.append(entry)
            return
        group = _group(entry.name)
        if group in self.together:
            state = self.together[group]
            if entry.takes == state.size:
                self._put(replace(entry, source=state.name), state)
                return
        elif group:
            self.together[group] = self.state
        if isinstance(entry.source, list):
            self._put(entry, self.state)
            return
        self._fit(entry)
        if group and self.together[group].name != entry.source:
            self.together[group] = _State(
                entry.source if isinstance(entry.source, str) and entry.source else
                self.together[group].name, self.together[group].rank, self.together[group].size
            )  # fmt: skip

    def _fit(self, entry: Entry) -> None:
        state = self.state
        if not self.entries or not state.name:
            self._feed(entry)
        elif self._follows(entry):
            self._put(entry, state)
        elif self._flattened(entry):
            self._put(entry, self.state)
        else:
            self._feed(entry)

    def _follows(self, entry: Entry) -> bool:
        state = self.state
        fits = entry.takes in (None, state.size)
        if fits and entry.rank == 3 and state.rank == 2 and _sequences(self.entries[-1]):
            last = self.entries[-1]
            note = Note(GUESSED, "return_sequences, for a recurrent layer follows")
            args = {**last.args, "return_sequences": True}
            self.entries[-1] = replace(last, args=args, notes=(*last.notes, note))
            self.state = _State(state.name, 3, state.size)
            return True
        same = entry.rank in (0, state.rank)
        return fits and same and entry.layer != "Embedding"

    def _flattened(self, entry: Entry) -> bool:
        """Between convolutions, or a sequence, and Dense: a layer without weights."""
        state = self.state
        if entry.layer != "Dense" or state.rank < 3 or not state.size or not entry.takes:
            return False
        if entry.takes == state.size or entry.takes % state.size:
            return False
        places = entry.takes // state.size
        said = f"flattened: {places} places of {state.size}"
        side = round(places**0.5)
        if state.rank == 4 and side * side == places:
            said += f" ({side} x {side} if square)"
        flat = Entry(
            f"{entry.name}/flattened", "Reshape", {"target_shape": [entry.takes]},
            notes=(Note(GUESSED, said), Note(UNKNOWN, "what else stands in between")),
        )  # fmt: skip
        self._put(replace(flat, gives=entry.takes, gives_rank=2), state)
        return True

    def _feed(self, entry: Entry) -> None:
        """An input of its own: the first, or one that stands in for what nobody knows."""
        first = not self.inputs
        name = "x" if first else f"unknown_{len(self.inputs)}"
        rank = entry.rank or 2
        spec: dict[str, Any] = {"shape": [None] * (rank - 1) + [entry.takes]}
        if entry.layer == "Embedding":
            spec = {"shape": [None, None], "dtype": "int32"}
        self.inputs[name] = spec
        self.notes[name] = (
            "guessed: its name; unknown: sizes that are null"
            if first
            else f"unknown: what {entry.name} is called with; this stands in for it"
        )
        state = _State(name, rank, entry.takes)
        fed = entry if first and not self.entries else replace(entry, source=name)
        self._put(fed, state)

    def _put(self, entry: Entry, state: _State) -> None:
        if any(not e.layer for e in self.entries[-1:]) and not entry.source:
            entry = replace(entry, source=state.name)  # the entry before is a variable
        self.entries.append(entry)
        size = entry.gives if entry.gives is not None else state.size or entry.takes
        self.state = _State(entry.name, entry.gives_rank or state.rank, size)


def chained(entries: Sequence[Entry], semantics: str, comments: Sequence[str] = ()) -> Drafted:
    """An architecture in which every entry follows the one before where their sizes allow it.

    Where they do not, an input stands in for what nobody knows, so that the model can be built and
    every variable mapped; a person connects it.
    """
    chain = _Chain(semantics)
    for entry in entries:
        chain.add(entry)
    if not chain.inputs:
        _only_variables(chain)
    if len(chain.inputs) > 1:
        _say_first(chain)
    return Drafted(
        semantics, chain.inputs, tuple(chain.entries), tuple(comments), chain.notes,
        _outputs(chain.entries),
    )  # fmt: skip


def _outputs(entries: Sequence[Entry]) -> dict[str, str]:
    """What nothing takes is an output, or it would not be in the model; nothing for a plain row."""
    taken: set[str] = set()
    before = ""
    for entry in entries:
        given = entry.source if isinstance(entry.source, list) else [entry.source or before]
        if entry.layer or "compute" in entry.args:
            taken.update(given)
            taken.update(name.rpartition(".")[0] for name in given)
        before = entry.name
    ends = [e for e in entries if e.name not in taken]
    if len(ends) == 1 and ends[0] is entries[-1]:
        return {}
    names = {e.name: e.name.replace("/", "_") for e in ends if _whole(e)}
    lost = [e.name for e in ends if not _whole(e)]
    names |= {name: f"unknown_{i}" for i, name in enumerate(lost, 1)}
    return {public: name for name, public in names.items()}


def _whole(entry: Entry) -> bool:
    return bool(entry.layer) or "compute" in entry.args


def _only_variables(chain: _Chain) -> None:
    chain.inputs["x"] = {"shape": [None]}
    chain.notes["x"] = "unknown: what the model is called with"
    note = Note(UNKNOWN, "the expression that the variables are for; this one gives back x")
    chain.entries.append(Entry("y", "", {"compute": "x"}, notes=(note,), source="x"))


def _say_first(chain: _Chain) -> None:
    """Where there are several inputs, the first layer has to say which one it takes."""
    place = next(i for i, e in enumerate(chain.entries) if e.layer)
    first = chain.entries[place]
    if not first.source:
        chain.entries[place] = replace(first, source=next(iter(chain.inputs)))


def _sequences(entry: Entry) -> bool:
    return entry.args.get("return_sequences") is False


def _group(name: str) -> str:
    head, _, last = name.rpartition("/")
    return f"{head}/{_TOGETHER[last]}" if last in _TOGETHER else ""

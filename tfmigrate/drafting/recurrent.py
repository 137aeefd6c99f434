"""The recurrent cells of TF1, found by the scopes that their authors could not choose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfmigrate.drafting.entries import GUESSED, SURE, UNKNOWN, Entry, Note
from tfmigrate.drafting.generalise import Link
from tfmigrate.tensors import TensorInfo

# The scope of a cell -> its class, the tensor that tells its size, and how many gates that holds.
_CELLS = {
    "basic_lstm_cell": ("tf1.BasicLSTMCell", "kernel", 4),
    "lstm_cell": ("tf1.LSTMCell", "kernel", 4),
    "cudnn_compatible_lstm_cell": ("tf1.CudnnCompatibleLSTMCell", "kernel", 4),
    "layer_norm_basic_lstm_cell": ("tf1.LayerNormBasicLSTMCell", "kernel", 4),
    "gru_cell": ("tf1.GRUCell", "gates/kernel", 2),
    "cudnn_compatible_gru_cell": ("tf1.CudnnCompatibleGRUCell", "gates/kernel", 2),
    "basic_rnn_cell": ("tf1.BasicRNNCell", "kernel", 1),
}
# What a cell's arguments are that its weights do not show.
_UNSEEN = {
    "tf1.BasicLSTMCell": ("forget_bias", "activation"),
    "tf1.LSTMCell": ("forget_bias", "activation", "cell_clip"),
    "tf1.LayerNormBasicLSTMCell": ("forget_bias",),
    "tf1.GRUCell": ("activation",),
    "tf1.BasicRNNCell": ("activation",),
}
_PATH = re.compile(
    r"(?P<head>.+?)(?P<way>/(fw|bw))?(?P<multi>/multi_rnn_cell/cell_(?P<number>\d+))?"
    rf"/(?P<cell>{'|'.join(_CELLS)})/(?P<leaf>.+)"
)


def scopes_of(layer: str, args: Mapping[str, Any]) -> Iterator[str]:
    """The scopes below a layer of TF1 in which the cells in its arguments keep their weights."""
    ways = {"cell": "", "cell_fw": "fw/", "cell_bw": "bw/"} if layer.startswith("tf1.") else {}
    names = {kind: scope for scope, (kind, _, _) in _CELLS.items()}
    for key, way in ways.items():
        cell = args.get(key) or {}
        if cell.get("layer") == "tf1.MultiRNNCell":
            inner = (cell.get("with") or {}).get("cells") or []
            for i, one in enumerate(inner):
                if one.get("layer") in names:
                    yield f"{way}multi_rnn_cell/cell_{i}/{names[one['layer']]}"
        elif cell.get("layer") in names:
            yield f"{way}{names[cell['layer']]}"


@dataclass(frozen=True)
class _Cell:
    """A cell: its class and arguments, and the sizes of what it takes and gives."""

    layer: str
    args: dict[str, Any]
    takes: int
    gives: int

    @property
    def data(self) -> dict[str, Any]:
        return {"layer": self.layer, "with": self.args}


def cells_in(
    tensors: Mapping[str, TensorInfo],
) -> tuple[dict[str, tuple[Entry, ...]], frozenset[str]]:
    """Layers that run TF1's cells, by the name of their first tensor, and what they take up."""
    found: dict[str, dict[tuple[str, int], dict[str, TensorInfo]]] = {}
    kinds: dict[tuple[str, str, int], str] = {}
    for name, tensor in tensors.items():
        match = _PATH.fullmatch(name)
        if match:
            place = (match["way"] or "", int(match["number"]) if match["multi"] else -1)
            found.setdefault(match["head"], {}).setdefault(place, {})[match["leaf"]] = tensor
            kinds[(match["head"], *place)] = match["cell"]
    entries, used = {}, set()
    scopes = {name.rpartition("/")[0] for name in tensors}
    for head, places in found.items():
        if head in scopes:  # a wrapper with weights of its own
            continue
        cells = {p: _cell(kinds[(head, *p)], weights) for p, weights in places.items()}
        if any(cell is None for cell in cells.values()):
            continue
        members = [t for weights in places.values() for t in weights.values()]
        known = {p: cell for p, cell in cells.items() if cell is not None}
        entries[members[0].name] = tuple(_layers(head, known, members))
        used |= {t.name for t in members}
    return entries, frozenset(used)


def _cell(kind: str, weights: Mapping[str, TensorInfo]) -> _Cell | None:
    layer, telling, gates = _CELLS[kind]
    kernel = weights.get(telling)
    if kernel is None or len(kernel.shape) != 2 or kernel.shape[1] % gates:
        return None
    units = kernel.shape[1] // gates
    args: dict[str, Any] = {"num_units": units}
    if "w_f_diag" in weights:
        args["use_peepholes"] = True
    if "projection/kernel" in weights:
        args["num_proj"] = weights["projection/kernel"].shape[1]
    gives = args.get("num_proj", units)
    return _Cell(layer, args, kernel.shape[0] - gives, gives)


def _layers(
    head: str, cells: Mapping[tuple[str, int], _Cell], members: list[TensorInfo]
) -> Iterator[Entry]:
    links = tuple(Link(t.name, (t.name,)) for t in members)
    ways = {way: _stacked([cells[p] for p in sorted(cells) if p[0] == way]) for way, _ in cells}
    first = next(iter(ways.values()))
    unseen = dict.fromkeys(u for c in cells.values() for u in _UNSEEN.get(c.layer, ()))
    notes = [Note(SURE, "a cell of TF1, by its scope")]
    if unseen:
        notes.append(Note(UNKNOWN, ", ".join(unseen)))
    if set(ways) == {"/fw", "/bw"}:
        args = {"cell_fw": ways["/fw"].data, "cell_bw": ways["/bw"].data}
        kind, both = "tf1.bidirectional_dynamic_rnn", first.gives + ways["/bw"].gives
        yield Entry(head, kind, args, links, first.takes, both, 3, 3, tuple(notes))
        name = f"{head}/outputs"
        joined = (Note(GUESSED, "forward and backward outputs side by side"),)
        yield Entry(
            name, "Concatenate", {}, (), None, both, 0, 3, joined, [f"{head}.0", f"{head}.1"]
        )
        return
    yield Entry(
        head, "tf1.dynamic_rnn", {"cell": first.data}, links, first.takes, first.gives, 3, 3,
        tuple(notes),
    )  # fmt: skip


def _stacked(cells: list[_Cell]) -> _Cell:
    if len(cells) == 1:
        return cells[0]
    args = {"cells": [cell.data for cell in cells]}
    return _Cell("tf1.MultiRNNCell", args, cells[0].takes, cells[-1].gives)


_WAY = re.compile(r"(?P<head>.+)/(?P<way>forward|backward)_(layer|lstm|gru|simple_rnn)(_\d+)?")


def bidirectional(entries: Sequence[Entry]) -> list[Entry]:
    """Keras layers of which one runs forward and one backward, as one Bidirectional."""
    ways: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        match = _WAY.fullmatch(entry.name)
        if match:
            ways.setdefault(match["head"], {})[match["way"]] = entry
    merged = {head: _both(head, pair) for head, pair in ways.items() if _twins(pair)}
    found = []
    for entry in entries:
        match = _WAY.fullmatch(entry.name)
        if match is None or match["head"] not in merged:
            found.append(entry)
        elif match["way"] == "forward":
            found.append(merged[match["head"]])
    return found


def _twins(pair: Mapping[str, Entry]) -> bool:
    if set(pair) != {"forward", "backward"}:
        return False
    one, other = pair["forward"], pair["backward"]
    return (one.layer, one.args) == (other.layer, other.args)


def _both(head: str, pair: Mapping[str, Entry]) -> Entry:
    one = pair["forward"]
    inner = {"SimpleRNN": "simple_rnn", "GRU": "gru", "LSTM": "lstm"}[one.layer]
    links = []
    for way, entry in pair.items():
        for link in entry.links:
            rest = link.targets[0][len(entry.name) :]
            links.append(Link(link.source, (f"{head}/{way}_{inner}{rest}",)))
    gives = 2 * one.gives if one.gives else None
    note = Note(GUESSED, "forward and backward side by side")
    args = {"layer": {"layer": one.layer, "with": one.args}}
    return Entry(
        head, "Bidirectional", args, tuple(links), one.takes, gives, 3, 2, (*one.notes, note)
    )

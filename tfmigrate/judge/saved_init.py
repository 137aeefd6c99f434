"""What a SavedModel does when it is loaded: its init op is read, never run.

The tables that it fills are filled by the export itself. What it does besides is lost, and where
answers depend on that, they would be others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfmigrate.errors import Problem, shown
from tfmigrate.graphs import prune, reasons, state
from tfmigrate.graphs.allowed import (
    ALLOWED,
    ASIDE,
    ASSIGNMENTS,
    FILE_INITIALISERS,
    TABLE_INITIALISERS,
)
from tfmigrate.graphs.nodes import Graph, Node, tensor
from tfmigrate.sources import protos

_COLLECTIONS = ("saved_model_main_op", "legacy_init_op")
_SIGNATURE = "__saved_model_init_op"
_EXPECTED = ALLOWED | ASIDE | TABLE_INITIALISERS | FILE_INITIALISERS


def nodes(meta: Any, graph: Graph) -> Mapping[str, Node]:
    """The nodes that loading runs."""
    found = [
        name
        for entry in meta.collection_def
        if entry.key in _COLLECTIONS
        for name in entry.value.node_list.value
    ]
    signatures = protos.entries(meta.signature_def)
    if _SIGNATURE in signatures:
        found += [i.name for i in protos.entries(signatures[_SIGNATURE].outputs).values()]
    named = (tensor(name.lstrip("^")) for name in found)
    wanted = [(t[0], 0) for t in named if t is not None and t[0] in graph.nodes]
    return prune.reached(graph.nodes, wanted, {}) if wanted else {}


def changed(graph: Graph, run: Mapping[str, Node], pruned: prune.Pruned) -> list[Problem]:
    """Variables of a signature that loading changes: what is stored is not what answers."""
    found = state.changed_by(graph, run, {n.name for n in pruned.variables()})
    what = (
        "the init op changes it when the SavedModel is loaded, so that answers do not follow from"
    )
    return [Problem(f"{what} what is stored ({op})", shown(name)) for name, op in found.items()]


def notes(run: Mapping[str, Node], assets: Mapping[str, str]) -> tuple[str, ...]:
    """What loading does that an export does not; it names its own files again."""
    strange = {n.op: n.name for n in run.values() if n.op not in _EXPECTED and n.name not in assets}
    said = [
        f"the init op is not run: {shown(op, 60)} ({shown(name, 60)}) {reasons.reason(op)[0]}"
        for op, name in sorted(strange.items())
    ]
    if any(n.op in ASSIGNMENTS and n.inputs[1:2] and n.inputs[1][0] not in assets
           for n in run.values()):  # fmt: skip
        said.append("the init op is not run: it changes variables that no served signature reads")
    return tuple(said)

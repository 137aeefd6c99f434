"""What a graph says about the tensors of its checkpoint: which are needed, and where parts go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tfmigrate.judge.graphs import Graphed
from tfmigrate.recipe.model import Rule
from tfmigrate.tensors import TensorInfo

CONSTANT = "a constant, which the graph carries"
UNUSED = "a variable of the graph that is not needed for the outputs"


def tensors(found: Sequence[TensorInfo], graphed: Graphed) -> tuple[TensorInfo, ...]:
    """The tensors of a checkpoint, those marked that only other parts of the graph need."""
    needed = {*graphed.needed, *(s.tensor for s in graphed.stored)}
    known = graphed.known | {s.tensor for s in graphed.others}
    if graphed.file.kind == "frozen-graph":
        found = [_carried(t, graphed) for t in found]
    return tuple(
        replace(t, training=UNUSED, average_of="")
        if t.name in known and t.name not in needed and not t.training
        and t.average_of not in needed
        else t
        for t in found
    )  # fmt: skip


def _carried(tensor: TensorInfo, graphed: Graphed) -> TensorInfo:
    """A tensor of a frozen graph: a constant, which the graph itself brings along."""
    node = graphed.file.graph.nodes.get(tensor.name)
    return replace(tensor, training=CONSTANT) if node and node.op == "Const" else tensor


def rules(graphed: Graphed) -> tuple[Rule, ...]:
    """Rules for variables that are stored under other names, or as parts of one tensor."""
    names = graphed.names()
    return tuple(
        Rule.model_validate(
            {"from": [s.tensor], "to": [names[v] for v in s.variables], "ops": list(s.ops())}
        )
        for s in graphed.stored
    )

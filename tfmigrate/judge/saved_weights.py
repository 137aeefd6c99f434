"""The plan for a SavedModel: what its own saver says, and why the rest is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfmigrate.errors import MappingProblem, Problem, shown
from tfmigrate.judge.graph_weights import CONSTANT
from tfmigrate.judge.graphs import Graphed
from tfmigrate.results import Assignment, Ignored, Plan, Source
from tfmigrate.tensors import TensorInfo, VariableInfo

UNUSED = "no served signature needs it"
TABLE = "carried as a lookup table"


def plan(source: Source, variables: Sequence[VariableInfo], graphed: Graphed) -> Plan:
    """What goes where: every tensor and every variable once.

    Raises:
        MappingProblem: A variable has no value, or one of another shape or type.
    """
    names = graphed.names()
    infos = {v.name: v for v in variables}
    assignments = tuple(
        Assignment(a.sources, tuple(names[t] for t in a.targets), a.ops, a.rule)
        for a in graphed.values
        if all(t in names for t in a.targets)
    )
    tensors = {t.name: t for t in source.tensors}
    problems = list(_problems(assignments, infos, tensors))
    if problems:
        what = "the SavedModel's weights and its graph do not fit each other"
        raise MappingProblem(what, problems, where=source.path)
    used = {s for a in assignments for s in a.sources}
    tables = {k for keys in graphed.saved.get("stored", {}).values() for k in keys}
    ignored = tuple(Ignored(t.name, _because(t, graphed, tables))
                    for t in source.tensors if t.name not in used)  # fmt: skip
    return Plan(assignments, ignored)


def _because(tensor: TensorInfo, graphed: Graphed, tables: set[str]) -> str:
    if graphed.file.kind == "frozen-graph":
        return CONSTANT
    return TABLE if tensor.key in tables else tensor.training or UNUSED


def _problems(
    assignments: Sequence[Assignment],
    infos: dict[str, VariableInfo],
    tensors: dict[str, TensorInfo],
) -> Iterator[Problem]:
    given = {t for a in assignments for t in a.targets}
    for name in sorted(infos.keys() - given):
        yield Problem("nothing says which stored tensor this variable gets", where=shown(name))
    for assignment in assignments:
        if assignment.ops or assignment.targets[0] not in infos:
            continue
        tensor, info = tensors[assignment.sources[0]], infos[assignment.targets[0]]
        if (tensor.shape, tensor.dtype) != (info.shape, info.dtype):
            yield Problem(
                "the stored tensor has another shape or type than the variable",
                where=shown(info.name),
                found=f"{tensor.dtype} {list(tensor.shape)}",
                expected=f"{info.dtype} {list(info.shape)}",
            )

"""Matches the weights of Keras files to variables by the names that the formats define.

Keras groups an H5 file by top-level layer; inside a group the weight names still carry the names
of nested layers (``base/ic2/kernel:0`` is filed as ``ic2/kernel:0`` under ``base``). The order in
a group changes with ``trainable`` (keras issues 6607, 10777, 12470), so it is never used.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from tfmigrate.errors import MappingProblem, Problem, nearest
from tfmigrate.mapping.legacy.layers import Restated, as_stored
from tfmigrate.results import Assignment, Ignored, Plan
from tfmigrate.tensors import TensorInfo, VariableInfo

Pair = tuple[TensorInfo, VariableInfo]

_NOTHING = Plan(())
_UNFIT = "the weights in the file and the rebuilt model do not fit each other"
_COMPARE = (
    "compare the two lists with `tfmigrate inspect`; an architecture that differs from the one that"
    " was saved is given with --recipe"
)


def plan_by_name(
    tensors: Sequence[TensorInfo],
    variables: Sequence[VariableInfo],
    where: str = "",
    restated: Sequence[Restated] | None = None,
    decided: Plan = _NOTHING,
) -> Plan:
    """The plan that restores every variable from the one tensor whose name means it.

    Args:
        tensors: The file's tensors.
        variables: The rebuilt model's variables.
        where: The file, for the messages.
        restated: The file's weights as today's layers have them; as stored where not given.
        decided: What rules say already. Names are compared as if there were no rules, so nothing
            is paired because a rule left it alone with another.

    Raises:
        MappingProblem: A tensor or a variable is left over, a shape differs, or two tensors could
            be meant; all of them at once.
    """
    if restated is None:
        restated = [as_stored(t) for t in tensors if not t.training]
    weights = [r.info for r in restated]
    origin = {r.info.name: r for r in restated}
    by_key = {k: v for v in variables for k in v.keys}
    pairs = [(t, by_key[t.name]) for t in weights if t.name in by_key]
    if not pairs:
        pairs = list(_by_group(weights, variables))
    claimed, filled = _decided(decided)
    of = {name: {t.name for t in r.sources} for name, r in origin.items()}
    pairs = [(t, v) for t, v in pairs if v.name not in filled and of[t.name].isdisjoint(claimed)]
    weights = [t for t in weights if not of[t.name] <= claimed]
    variables = [v for v in variables if v.name not in filled]
    problems = [*_left_over(weights, variables, pairs), *_misfits(pairs)]
    if problems:
        raise MappingProblem(_UNFIT, problems, where=where, help=_COMPARE)
    training = (t for t in tensors if t.training and t.name not in claimed)
    return Plan(
        (*decided.assignments, *(_assignment(origin[t.name], v) for t, v in pairs)),
        (*decided.ignored, *(Ignored(t.name, t.training) for t in training)),
    )


def _decided(plan: Plan) -> tuple[set[str], set[str]]:
    """The tensors and the variables that are spoken for."""
    claimed = {n for a in plan.assignments for n in a.sources}
    filled = {n for a in plan.assignments for n in a.targets}
    return claimed | {one.name for one in plan.ignored}, filled


def _assignment(weight: Restated, variable: VariableInfo) -> Assignment:
    sources = tuple(t.name for t in weight.sources)
    return Assignment(sources, (variable.name,), weight.ops, weight.rule)


def _by_group(weights: Sequence[TensorInfo], variables: Sequence[VariableInfo]) -> Iterable[Pair]:
    sources: dict[str, list[TensorInfo]] = defaultdict(list)
    targets: dict[str, list[VariableInfo]] = defaultdict(list)
    for tensor in weights:
        sources[tensor.group].append(tensor)
    for variable in variables:
        targets[variable.owners[0] if variable.owners else ""].append(variable)
    for group, members in sources.items():
        yield from _in_group(members, targets.get(group, []))


def _in_group(sources: list[TensorInfo], targets: list[VariableInfo]) -> Iterable[Pair]:
    """Pairs that are each other's only best match; repeated, since each pair narrows the rest."""
    wanted: dict[tuple[str, tuple[int, ...]], list[VariableInfo]] = defaultdict(list)
    free: dict[tuple[str, tuple[int, ...]], list[TensorInfo]] = defaultdict(list)
    for variable in targets:
        wanted[_plain(variable.leaf), variable.shape].append(variable)
    for tensor in sources:
        free[_plain(_parts(tensor)[-1]), tensor.shape].append(tensor)
    for alike, tensors in free.items():
        yield from _best_pairs(tensors, wanted.get(alike, []))


def _best_pairs(free: list[TensorInfo], wanted: list[VariableInfo]) -> Iterable[Pair]:
    while free and wanted:
        fits = [[_fit(s, t) for t in wanted] for s in free]
        columns = [list(c) for c in zip(*fits, strict=True)]
        found = [
            (i, j)
            for i, row in enumerate(fits)
            for j, fit in enumerate(row)
            if fit == max(row) == max(columns[j])
            and row.count(fit) == 1
            and columns[j].count(fit) == 1
        ]
        if not found:
            return
        yield from ((free[i], wanted[j]) for i, j in found)
        free = [s for i, s in enumerate(free) if i not in {i for i, _ in found}]
        wanted = [t for j, t in enumerate(wanted) if j not in {j for _, j in found}]


def _parts(tensor: TensorInfo) -> list[str]:
    return tensor.key.split(":")[0].split("/")


def _fit(tensor: TensorInfo, variable: VariableInfo) -> float:
    """How well a stored weight name means a variable of the same shape and kind.

    Each layer between the group and the variable counts 1 where the name has it, and a half where
    only its number differs (``lstm_cell_4``: a per-process counter).
    """
    *path, leaf = _parts(tensor)
    plain = {_plain(p) for p in path}
    score = 0.5 if leaf == variable.leaf else 0.25
    for owner in variable.owners[1:]:
        for part in owner.split("/"):
            score += 1.0 if part in path else 0.5 if _plain(part) in plain else 0.0
    return score


def _plain(name: str) -> str:
    return re.sub(r"_\d+$", "", name)


def _left_over(
    weights: Sequence[TensorInfo], variables: Sequence[VariableInfo], pairs: Sequence[Pair]
) -> Iterable[Problem]:
    used = {t.name for t, _ in pairs}
    filled = {v.name for _, v in pairs}
    missing = [v for v in variables if v.name not in filled]
    spare = [t for t in weights if t.name not in used]
    for tensor in spare:
        yield Problem(
            f"no variable of the rebuilt model is meant by this tensor: {_shown(tensor)}",
            where=tensor.name,
            nearest=_candidates(tensor, missing),
        )
    for variable in missing:
        yield Problem(
            f"no tensor of the file fills this variable: {_shown(variable)}",
            where=variable.name,
            nearest=_candidates(variable, spare),
        )


def _misfits(pairs: Sequence[Pair]) -> Iterable[Problem]:
    for tensor, variable in pairs:
        if (tensor.shape, tensor.dtype) != (variable.shape, variable.dtype):
            yield Problem(
                "the stored tensor does not fit its variable",
                where=tensor.name,
                found=_shown(tensor),
                expected=f"{_shown(variable)} for {variable.name}",
            )


def _candidates(
    wanted: TensorInfo | VariableInfo, others: Sequence[TensorInfo | VariableInfo]
) -> tuple[str, ...]:
    same = [o.name for o in others if o.shape == wanted.shape]
    return (
        nearest(wanted.name, same)
        or tuple(same[:3])
        or nearest(wanted.name, [o.name for o in others])
    )


def _shown(item: TensorInfo | VariableInfo) -> str:
    return f"{'x'.join(map(str, item.shape)) or 'scalar'} {item.dtype}"

"""Checkpoints in which all of a model stands under one name: ``model/dense/kernel``.

``tf.train.Checkpoint(model=model)`` files everything under ``model/``, ``save_weights`` files it at
the root.
"""

from __future__ import annotations

from collections.abc import Mapping

from tfmigrate.errors import Problem
from tfmigrate.mapping.applying import Fitting
from tfmigrate.results import Assignment
from tfmigrate.tensors import TensorInfo, VariableInfo

_Pairs = tuple[tuple[str, str], ...]  # tensor and variable


def apply(fitting: Fitting) -> None:
    """Fill all variables from the tensors under one prefix, where exactly one has them all.

    Nothing happens where a variable has its source already, or where no prefix fits.
    """
    if fitting.filled or not fitting.variables:
        return
    names = {n: t for t in fitting.free_tensors() for n in (t.name, *t.aliases)}
    found: dict[_Pairs, str] = {}
    for prefix in sorted({n.partition("/")[0] for n in names if "/" in n}):
        pairs = _under(prefix, fitting, names)
        if pairs:
            found.setdefault(pairs, prefix)
    if len(found) > 1:
        fitting.problems.append(_several(list(found.values()), fitting))
        for pairs, prefix in found.items():
            for tensor, variable in pairs:
                fitting.decide(tensor, f"the prefix {prefix}/")
                fitting.filled.setdefault(variable, tensor)
        return
    for pairs, prefix in found.items():
        for name, variable in pairs:
            info = fitting.tensors[name]
            fitting.decide(name, f"the prefix {prefix}/")
            assignment = Assignment((name,), (variable,), rule=f"name, under {prefix}/")
            fitting.assign(assignment, ((info.shape, info.dtype),))


def _under(prefix: str, fitting: Fitting, names: Mapping[str, TensorInfo]) -> _Pairs:
    """The tensor for every variable under a prefix; nothing where one has none of its own."""
    pairs = []
    for variable in fitting.variables:
        tensor = _tensor(prefix, variable, names)
        if tensor is None:
            return ()
        pairs.append((tensor.name, variable.name))
    return tuple(pairs) if len({tensor for tensor, _ in pairs}) == len(pairs) else ()


def _tensor(
    prefix: str, variable: VariableInfo, names: Mapping[str, TensorInfo]
) -> TensorInfo | None:
    wanted = (f"{prefix}/{name}" for name in (variable.name, *variable.keys))
    found = {names[name].name: names[name] for name in wanted if name in names}
    return next(iter(found.values())) if len(found) == 1 else None


def _several(prefixes: list[str], fitting: Fitting) -> Problem:
    chosen, other = prefixes[:2]
    return Problem(
        "every variable of the model is found under more than one prefix",
        where=fitting.where,
        found=" and ".join(f"{p}/" for p in prefixes),
        expected="one",
        help=f'add a rule for the one that is meant, {{from: "{chosen}/{{**path}}", to:'
        f' "{{**path}}"}}, and ignore the other, {{names: "{other}/{{**path}}", because: "..."}}',
    )

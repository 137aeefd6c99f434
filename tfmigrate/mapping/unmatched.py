"""What is left on both sides, with what was probably meant and a rule to paste."""

from __future__ import annotations

from collections.abc import Sequence

from tfmigrate.errors import Problem
from tfmigrate.mapping.candidates import (
    Candidates,
    Item,
    described,
    fact,
    first_rule,
    ignore_for,
)
from tfmigrate.tensors import TensorInfo, VariableInfo

# Beyond so many the list is read by nobody, and looking for candidates takes its time.
_WITH_CANDIDATES = 100


def problems(
    tensors: Sequence[TensorInfo], variables: Sequence[VariableInfo], where: str = ""
) -> list[Problem]:
    """A problem for every tensor and every variable that is left."""
    among_variables, among_tensors = Candidates(variables), Candidates(tensors)
    found = []
    for i, tensor in enumerate(tensors):
        near = _near(among_variables, tensor, i)
        pairs = [(tensor, v) for v in near if isinstance(v, VariableInfo)]
        found.append(
            Problem(
                "no rule and no variable of its name takes this source tensor",
                where=tensor.name,
                found=fact(tensor),
                nearest=tuple(described(v) for v in near),
                help=f"add {first_rule(pairs) or ignore_for(tensor)}",
            )
        )
    for i, variable in enumerate(variables):
        near = _near(among_tensors, variable, i)
        pairs = [(t, variable) for t in near if isinstance(t, TensorInfo)]
        rule = first_rule(pairs)
        found.append(
            Problem(
                "nothing fills this variable",
                where=variable.name,
                expected=fact(variable),
                nearest=tuple(described(t) for t in near),
                help=f"add {rule}" if rule else "",
            )
        )
    return found


def _near(candidates: Candidates, item: Item, index: int) -> Sequence[Item]:
    return candidates.nearest(item) if index < _WITH_CANDIDATES else ()

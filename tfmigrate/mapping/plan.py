"""Rules, names and shapes to a plan; no values are read.

The first rule that matches a source tensor decides; a variable that no rule names is filled from
the tensor of exactly its own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfmigrate.errors import MappingProblem, Problem
from tfmigrate.mapping import unmatched
from tfmigrate.mapping.applying import Fitting
from tfmigrate.mapping.matching import compiled
from tfmigrate.mapping.patterns import Ambiguous, compile_pattern
from tfmigrate.results import Assignment, Ignored, Plan
from tfmigrate.tensors import TensorInfo, VariableInfo

if TYPE_CHECKING:
    from tfmigrate.recipe.model import Ignore, Rule


def make_plan(
    tensors: Sequence[TensorInfo],
    variables: Sequence[VariableInfo],
    rules: Sequence[Rule] = (),
    ignore: Sequence[Ignore] = (),
    where: str = "",
) -> Plan:
    """What goes where: every tensor and every variable exactly once.

    The first rule that matches a source tensor decides; a variable that no rule names is filled
    from the tensor of exactly its own name. What is not a weight (``TensorInfo.training``) or is
    listed in ``ignore`` is left out with its reason, unless a rule claims it.

    Args:
        tensors: The source's tensors.
        variables: The rebuilt model's variables; their further names count like their own.
        rules: The recipe's rules.
        ignore: The recipe's list of what to leave out.
        where: The recipe or source, for the messages.

    Raises:
        MappingProblem: They do not fit each other; everything that is wrong, at once, each with
            the nearest candidates and a rule to paste.
    """
    if len({t.name for t in tensors}) < len(tensors):
        raise ValueError("a source has two tensors of one name")
    fitting = Fitting({t.name: t for t in tensors}, variables, where)
    for i, rule in enumerate(rules):
        fitting.apply(compiled(i, rule))
    ignored = [*_ignored(fitting, ignore), *_training(fitting)]
    _by_name(fitting)
    fitting.problems += unmatched.problems(fitting.free_tensors(), fitting.free_variables(), where)
    if fitting.problems:
        count = len(fitting.problems)
        what = "1 problem" if count == 1 else f"{count} problems"
        raise MappingProblem(
            f"the weights and the model do not fit each other: {what}",
            fitting.problems,
            where=where,
        )
    return Plan(tuple(fitting.assignments), tuple(ignored))


def _ignored(fitting: Fitting, ignore: Sequence[Ignore]) -> list[Ignored]:
    """What the recipe leaves out, with its reasons."""
    entries = [(compile_pattern(p), entry.because) for entry in ignore for p in entry.names]
    found = []
    for tensor in fitting.free_tensors():
        for pattern, because in entries:
            try:
                hit = pattern.match(tensor.name) is not None
            except Ambiguous:  # it matches, in whichever way
                hit = True
            if hit:
                found.append(Ignored(tensor.name, because))
                fitting.decided.add(tensor.name)
                break
    return found


def _training(fitting: Fitting) -> list[Ignored]:
    """What the source itself says is no weight."""
    found = [t for t in fitting.free_tensors() if t.training]
    fitting.decided |= {t.name for t in found}
    return [Ignored(t.name, t.training) for t in found]


def _by_name(fitting: Fitting) -> None:
    """Fill what is left from the tensors of the same name."""
    for tensor in fitting.free_tensors():
        owners = fitting.named(tensor.name)
        if len(owners) > 1:
            names = ", ".join(v.name for v in owners)
            fitting.problems.append(
                Problem(f"its name means more than one variable: {names}", where=tensor.name)
            )
            fitting.decided.add(tensor.name)
        elif owners and owners[0].name not in fitting.filled:
            fitting.decided.add(tensor.name)
            fitting.assign(Assignment((tensor.name,), (owners[0].name,)), (tensor.shape,))

"""Rules, names and shapes to a plan; no values are read.

The recipe's own lines come before inherited ones; of both, the first rule that matches a tensor
decides, then ``ignore``, then the variable of exactly its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfmigrate.errors import MappingProblem, Problem
from tfmigrate.mapping import prefixes, unmatched
from tfmigrate.mapping.applying import Fitting
from tfmigrate.mapping.averages import Averages, Mode
from tfmigrate.mapping.matching import compiled
from tfmigrate.mapping.patterns import Ambiguous, Pattern, compile_pattern
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
    averages: Mode | None = None,
) -> Plan:
    """What goes where: every tensor and every variable exactly once.

    The recipe's own lines come before inherited ones; of both, the first rule that matches a tensor
    decides, then ``ignore``, then the variable of exactly its name. What is not a weight
    (``TensorInfo.training``) is left out, unless a rule claims it. A recipe without rules also fits
    a source that has all variables under one common prefix.

    Args:
        tensors: The source's tensors.
        variables: The rebuilt model's variables; their further names count like their own.
        rules: The recipe's rules.
        ignore: The recipe's list of what to leave out.
        where: The recipe or source, for the messages.
        averages: What the recipe says about moving averages.

    Raises:
        MappingProblem: They do not fit each other; everything that is wrong, at once, each with
            the nearest candidates and a rule to paste.
    """
    fitting, plan = fitted(tensors, variables, rules, ignore, where, averages)
    fitting.problems += unmatched.problems(fitting.free_tensors(), fitting.free_variables(), where)
    if fitting.problems:
        count = len(fitting.problems)
        what = "1 problem" if count == 1 else f"{count} problems"
        raise MappingProblem(
            f"the weights and the model do not fit each other: {what}",
            fitting.problems,
            where=where,
        )
    return plan


def fitted(
    tensors: Sequence[TensorInfo],
    variables: Sequence[VariableInfo],
    rules: Sequence[Rule] = (),
    ignore: Sequence[Ignore] = (),
    where: str = "",
    averages: Mode | None = None,
) -> tuple[Fitting, Plan]:
    """How far they fit, and the plan as far as it goes; see :func:`make_plan`.

    What nothing accounts for is still free in the result, and no problem of it yet.
    """
    if len({t.name for t in tensors}) < len(tensors):
        raise ValueError("a source has two tensors of one name")
    moving = Averages(tensors, averages)
    fitting = Fitting({t.name: t for t in moving.tensors}, variables, where)
    ignored = _by_recipe(fitting, rules, ignore)
    _by_name(fitting)
    if not rules:
        prefixes.apply(fitting)
    fitting.problems += moving.settle(fitting)
    return fitting, Plan(moving.taken(fitting.assignments), tuple(moving.left(fitting, ignored)))


def by_rules(
    tensors: Sequence[TensorInfo],
    variables: Sequence[VariableInfo],
    rules: Sequence[Rule],
    ignore: Sequence[Ignore],
    where: str = "",
) -> tuple[Plan, list[Problem]]:
    """What rules and ``ignore`` alone say, nothing by name, and what does not fit in that."""
    fitting = Fitting({t.name: t for t in tensors}, variables, where)
    ignored = _by_recipe(fitting, rules, ignore)
    return Plan(tuple(fitting.assignments), tuple(ignored)), fitting.problems


def _by_recipe(fitting: Fitting, rules: Sequence[Rule], ignore: Sequence[Ignore]) -> list[Ignored]:
    """What rules say, what is left out, and why."""
    ignored = []
    levels = {rule.inherited for rule in rules} | {entry.inherited for entry in ignore}
    for level in sorted(levels):
        for i, rule in enumerate(rules):
            if rule.inherited == level:
                fitting.apply(compiled(i, rule))
        ignored += _ignored(fitting, [e for e in ignore if e.inherited == level])
    return ignored + _training(fitting)


def _ignored(fitting: Fitting, ignore: Sequence[Ignore]) -> list[Ignored]:
    """What the recipe leaves out, with its reasons."""
    entries = [(compile_pattern(p), entry.because) for entry in ignore for p in entry.names]
    found = []
    for tensor in fitting.free_tensors():
        for pattern, because in entries:
            # Not by aliases: `optimizer/{x}/{n}` is one of every weight that Keras 3 saves.
            if _hits(pattern, tensor.name):
                found.append(Ignored(tensor.name, because))
                fitting.decide(tensor.name, f"ignored: {because}")
                break
    return found


def _hits(pattern: Pattern, name: str) -> bool:
    try:
        return pattern.match(name) is not None
    except Ambiguous:  # it matches, in whichever way
        return True


def _training(fitting: Fitting) -> list[Ignored]:
    """What the source itself says is no weight, unless a variable has just that name."""
    empty = {v.name for v in fitting.free_variables()}
    found = [t for t in fitting.free_tensors() if t.training and t.name not in empty]
    for tensor in found:
        fitting.decide(tensor.name, tensor.training)
    return [Ignored(t.name, t.training) for t in found]


def _by_name(fitting: Fitting) -> None:
    """Fill what is left from the tensors of the same name, or of one of their further names."""
    for tensor in fitting.free_tensors():
        owners = fitting.named(tensor.name) or _by_alias(fitting, tensor)
        if len(owners) > 1:
            names = ", ".join(v.name for v in owners)
            fitting.problems.append(
                Problem(f"its name means more than one variable: {names}", where=tensor.name)
            )
            fitting.decide(tensor.name, "its name")
        elif owners and owners[0].name not in fitting.filled:
            fitting.decide(tensor.name, "its name")
            assignment = Assignment((tensor.name,), (owners[0].name,))
            fitting.assign(assignment, ((tensor.shape, tensor.dtype),))


def _by_alias(fitting: Fitting, tensor: TensorInfo) -> Sequence[VariableInfo]:
    found = {v.name: v for alias in tensor.aliases for v in fitting.named(alias)}
    return list(found.values())

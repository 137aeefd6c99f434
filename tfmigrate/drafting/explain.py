"""Why a recipe does not fit a source, and the rules that would make it fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tfmigrate.drafting import cells
from tfmigrate.drafting.explanation import Candidate, Exchangeable, Explanation, Open, Proposal
from tfmigrate.drafting.generalise import Link, ProposedRule, rules_for
from tfmigrate.drafting.pairs import Likely, Pair, Undecided, paired
from tfmigrate.drafting.pasting import pasted
from tfmigrate.errors import Problem
from tfmigrate.mapping.applying import Fitting
from tfmigrate.mapping.candidates import Candidates, Item
from tfmigrate.mapping.plan import fitted
from tfmigrate.tensors import TensorInfo, VariableInfo

if TYPE_CHECKING:
    from tfmigrate.recipe.model import Rule, Weights

_CANDIDATES = 3
_WITH_CANDIDATES = 200  # beyond so many the list is read by nobody


def explained(
    tensors: Sequence[TensorInfo], variables: Sequence[VariableInfo], weights: Weights, where: str
) -> Explanation:
    """How a source's tensors and a model's variables fit under a recipe's rules.

    Args:
        tensors: The source's tensors.
        variables: The model's variables.
        weights: The recipe's rules and what it ignores.
        where: The recipe, for the messages.
    """
    fit, plan = fitted(tensors, variables, weights.rules, weights.ignore, where, weights.averages)
    sound = _sound(fit, variables)
    used = {s for s, _ in sound} | {i.name for i in plan.ignored}
    open_tensors = {n: t for n, t in fit.tensors.items() if n not in used}
    filled = {v for _, v in sound}
    open_variables = {v.name: v for v in variables if v.name not in filled}
    base = Explanation(len(filled), len(variables), plan.ignored, tuple(fit.problems))
    if not (open_tensors or open_variables or fit.problems):
        return base
    split = cells.cells(open_tensors, open_variables)
    taken = {target for link in split.links for target in link.targets}
    likely = Likely(
        {n: t for n, t in open_tensors.items() if n not in split.held},
        {n: v for n, v in open_variables.items() if n not in taken},
    )
    pairs, undecided = paired(likely, sound)
    names = [t.name for t in tensors]
    rules = rules_for([*split.links, *map(_link, pairs)], names)
    why = {p.tensor.name: p.why for p in pairs} | {link.source: cells.WHY for link in split.links}
    return Explanation(
        base.restored,
        base.variables,
        base.ignored,
        base.problems,
        tuple(_opened(open_tensors, open_variables, likely, pairs)),
        tuple(_unfilled(open_tensors, open_variables, likely, pairs)),
        tuple(map(_exchangeable, undecided)),
        tuple(_proposal(rule, why) for rule in rules),
        _left(tensors, variables, weights, rules, where),
    )


def _sound(fit: Fitting, variables: Sequence[VariableInfo]) -> list[tuple[str, str]]:
    """The assignments that nothing is wrong with, as pairs of names."""
    blamed = {name.strip() for p in fit.problems for name in p.where.split(",")}
    shapes = {v.name: v for v in variables}
    found = []
    for assignment in fit.assignments:
        plain = [fit.tensors[s] for s in assignment.sources]
        misfit = not assignment.ops and any(
            (t.shape, t.dtype) != (shapes[v].shape, shapes[v].dtype)
            for t, v in zip(plain, assignment.targets, strict=False)
        )
        said = any(", ".join(assignment.sources) in p.what for p in fit.problems)
        if not misfit and not said and not blamed & set(assignment.sources):
            found += [(s, t) for s in assignment.sources for t in assignment.targets]
    return found


def _link(pair: Pair) -> Link:
    return Link(pair.tensor.name, (pair.variable.name,), pair.ops)


def _opened(
    tensors: Mapping[str, TensorInfo],
    variables: Mapping[str, VariableInfo],
    likely: Likely,
    pairs: Sequence[Pair],
) -> list[Open]:
    chosen = {p.tensor.name: p for p in pairs}
    rest = Candidates(variables.values())
    found = []
    for i, (name, tensor) in enumerate(tensors.items()):
        near: list[Candidate] = []
        if name in chosen:
            variable = chosen[name].variable
            near.append(Candidate(variable.name, variable.shape, chosen[name].why))
        if i < _WITH_CANDIDATES:
            ranked: Sequence[Item] = [variables[v] for v in _ranked(likely, name)]
            ranked = ranked or rest.nearest(tensor)
            near += [Candidate(v.name, v.shape) for v in ranked if v.name not in _names(near)]
        found.append(Open(name, tensor.shape, tensor.dtype, tuple(near[:_CANDIDATES])))
    return found


def _unfilled(
    tensors: Mapping[str, TensorInfo],
    variables: Mapping[str, VariableInfo],
    likely: Likely,
    pairs: Sequence[Pair],
) -> list[Open]:
    chosen = {p.variable.name: p for p in pairs}
    rest = Candidates(tensors.values())
    found = []
    for i, (name, variable) in enumerate(variables.items()):
        near: list[Candidate] = []
        if name in chosen:
            tensor = chosen[name].tensor
            near.append(Candidate(tensor.name, tensor.shape, chosen[name].why))
        if i < _WITH_CANDIDATES:
            fits = [t for t, found in likely.fits.items() if name in found]
            fits.sort(key=lambda t: -likely.score(t, name))
            ranked: Sequence[Item] = [tensors[t] for t in fits] or rest.nearest(variable)
            near += [Candidate(t.name, t.shape) for t in ranked if t.name not in _names(near)]
        found.append(Open(name, variable.shape, variable.dtype, tuple(near[:_CANDIDATES])))
    return found


def _ranked(likely: Likely, tensor: str) -> list[str]:
    return likely.ranked(tensor) if tensor in likely.fits else []


def _names(candidates: Sequence[Candidate]) -> set[str]:
    return {c.name for c in candidates}


def _exchangeable(found: Undecided) -> Exchangeable:
    return Exchangeable(
        tuple(t.name for t in found.tensors),
        tuple(v.name for v in found.variables),
        found.tensors[0].shape,
    )


def _proposal(rule: ProposedRule, why: Mapping[str, str]) -> Proposal:
    reasons = dict.fromkeys(why[link.source] for link in rule.links)
    return Proposal(pasted(rule.as_data()), len(rule.links), tuple(reasons))


def _left(
    tensors: Sequence[TensorInfo],
    variables: Sequence[VariableInfo],
    weights: Weights,
    proposed: Sequence[ProposedRule],
    where: str,
) -> tuple[Problem, ...]:
    """What would be wrong with the proposed rules before the recipe's own."""
    rules = [*map(_rule, proposed), *weights.rules]
    fit, _ = fitted(tensors, variables, rules, weights.ignore, where, weights.averages)
    spare = [Problem("still no variable takes it", where=t.name) for t in fit.free_tensors()]
    empty = [Problem("still nothing fills it", where=v.name) for v in fit.free_variables()]
    return (*(_renumbered(p, len(proposed)) for p in fit.problems), *spare, *empty)


def _renumbered(problem: Problem, proposed: int) -> Problem:
    """A problem of a rule by the number that the rule has now, before anything is pasted."""
    match = re.fullmatch(r"rule (\d+): (.*)", problem.what, re.DOTALL)
    if match is None:
        return problem
    number = int(match[1]) - proposed
    name = f"rule {number}" if number > 0 else f"proposed rule {number + proposed}"
    return replace(problem, what=f"{name}: {match[2]}", path="")


def _rule(proposed: ProposedRule) -> Rule:
    from tfmigrate.recipe.model import Rule

    data = proposed.as_data()
    return Rule.model_validate({**data, "from": proposed.source, "to": list(proposed.targets)})

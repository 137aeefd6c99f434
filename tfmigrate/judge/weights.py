"""Which tensor becomes which variable: by the format's names, or by a recipe's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tfmigrate.errors import MappingProblem, Problem
from tfmigrate.judge import graph_weights, saved_weights
from tfmigrate.judge.architecture import Architecture
from tfmigrate.judge.low_rank import scale_of
from tfmigrate.mapping import legacy, lora
from tfmigrate.mapping.by_name import plan_by_name
from tfmigrate.mapping.declared import called_plainly
from tfmigrate.mapping.plan import by_rules, make_plan
from tfmigrate.mapping.sizes import sized
from tfmigrate.recipe import Recipe
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import VariableInfo

_NOTHING = Plan(())
# Formats whose names are those that a walk over the model gives its variables.
_KEYED = ("keras-zip", "keras-zip-tfkeras", "keras-weights-v3")


def plan_for(
    source: Source,
    recipe: Recipe | None,
    variables: Sequence[VariableInfo],
    architecture: Architecture,
) -> Plan:
    """The plan for every tensor of the source and every variable of the rebuilt model.

    Raises:
        MappingProblem: They do not fit each other; everything that is wrong, at once.
    """
    graph = architecture.graph
    if graph is not None and graph.endpoints and (recipe is None or not recipe.weights.rules):
        return saved_weights.plan(source, variables, graph)
    if recipe is None:
        return _by_name(source, variables, architecture)
    averaged = recipe.weights.averages is not None and recipe.weights.rules
    if source.kind.startswith("keras-h5") and not averaged:
        return _rules_first(source, variables, architecture, recipe)
    from_config = recipe.architecture is None and not recipe.weights.rules
    if from_config and _is_keras_file(source):
        return _by_name(source, variables, architecture)
    said = recipe.weights
    tensors, rules = source.tensors, said.rules
    if architecture.graph is not None:
        tensors = graph_weights.tensors(source.tensors, architecture.graph)
        rules = (*rules, *graph_weights.rules(architecture.graph))
    return make_plan(tensors, variables, rules, said.ignore, recipe.path, said.averages)


def _rules_first(
    source: Source, variables: Sequence[VariableInfo], architecture: Architecture, recipe: Recipe
) -> Plan:
    """What the recipe's rules say, and the rest by the names of the file's format."""
    said = recipe.weights
    if not said.rules and not said.ignore:
        return _by_name(source, variables, architecture)
    variables = sized(variables, source.tensors)
    decided, problems = by_rules(source.tensors, variables, said.rules, said.ignore, recipe.path)
    try:
        plan = _by_name(source, variables, architecture, decided)
    except MappingProblem as error:
        problems += error.problems
    if problems:
        raise MappingProblem(
            f"the weights and the model do not fit each other: {_counted(problems)}",
            problems,
            where=recipe.path,
            help="rules come first; what they leave is taken by the names of the file's format",
        )
    return plan


def _by_name(
    source: Source,
    variables: Sequence[VariableInfo],
    architecture: Architecture,
    decided: Plan = _NOTHING,
) -> Plan:
    variables = sized(variables, source.tensors)
    if source.kind not in _KEYED:
        variables = [replace(v, keys=()) for v in variables]
    if architecture.declared is not None:
        leaves = {n for spec in architecture.declared.layers.values() for n in spec["weights"]}
        source = replace(source, tensors=called_plainly(source.tensors, variables, leaves))
    if architecture.of_day is not None:
        restated = legacy.restate(
            source.tensors, architecture.of_day, architecture.writer, architecture.era, variables
        )
        return plan_by_name(source.tensors, variables, source.path, restated, decided)
    updates = lora.updates(source.tensors, scale_of(source), source.path)
    tensors = lora.without_halves(source.tensors, updates)
    plan = plan_by_name(tensors, variables, source.path, decided=decided)
    return lora.merged(plan, updates)


def _is_keras_file(source: Source) -> bool:
    return source.kind.startswith("keras")


def _counted(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"

"""Which tensor becomes which variable: by the format's names, or by a recipe's rules."""

from __future__ import annotations

from collections.abc import Sequence

from tfmigrate.mapping.by_name import plan_by_name
from tfmigrate.mapping.plan import make_plan
from tfmigrate.recipe import Recipe
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import VariableInfo


def plan_for(source: Source, recipe: Recipe | None, variables: Sequence[VariableInfo]) -> Plan:
    """The plan for every tensor of the source and every variable of the rebuilt model.

    Raises:
        MappingProblem: They do not fit each other; everything that is wrong, at once.
    """
    if recipe is None or (not recipe.weights.rules and source.kind.startswith("keras-h5")):
        return plan_by_name(source.tensors, variables, source.path)
    if recipe.keras_config is not None and not recipe.weights.rules and _is_keras_file(source):
        return plan_by_name(source.tensors, variables, source.path)
    return make_plan(
        source.tensors, variables, recipe.weights.rules, recipe.weights.ignore, recipe.path
    )


def _is_keras_file(source: Source) -> bool:
    return source.kind.startswith(("keras-h5", "keras3-h5", "keras-zip", "keras-weights"))

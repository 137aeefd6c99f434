"""The outputs of an architecture by name, as full names of entries."""

from __future__ import annotations

from typing import Any

from tfmigrate.recipe.calls import inputs_of
from tfmigrate.recipe.parameters import lost, unresolved
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.scope import Scope
from tfmigrate.recipe.tolerant import mapping


def without_absent(data: dict[str, Any], given: Any, there: Any) -> dict[str, Any]:
    """The recipe without the tolerances of outputs that are left out."""
    tolerance = mapping(data, "parity").get("tolerance")
    if not (isinstance(tolerance, dict) and isinstance(given, dict | list)):
        return data
    kept = {k: v for k, v in tolerance.items() if k in there or k not in given}
    return {**data, "parity": {**data["parity"], "tolerance": kept}}


def named_outputs(given: Any, scope: Scope, report: Reporter) -> Any:
    """Named outputs as a mapping to full names; what has the wrong type is left as it is."""
    path: Path = ("architecture", "outputs")
    if isinstance(given, str):
        given = {given: given}
    elif isinstance(given, list) and all(isinstance(n, str) for n in given):
        if len(set(given)) < len(given):
            return given
        for i, name in enumerate(given):
            if scope.find(name) is None and not unresolved(name) and name not in scope.absent:
                scope.report_unknown(name, (*path, i), report)
        return {n: scope.find(n) or lost(n) for n in given if n not in scope.absent}
    if not isinstance(given, dict):
        return given
    # An output whose entry is left out by its `when` is left out too.
    there = {
        k: v
        for k, v in given.items()
        if not (isinstance(v, str) and v in scope.absent and v not in scope.names)
    }
    return {k: inputs_of(v, scope, (*path, k), report) for k, v in there.items()}

"""The architecture that a recipe gives: its own entries, or where it takes the model from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tfmigrate.engines.assemble import ENTRY
from tfmigrate.errors import RecipeProblem, UsageProblem, shown
from tfmigrate.expressions import of_semantics
from tfmigrate.judge.declared import Declared, of_architecture
from tfmigrate.results import RecipeUsed, Writer
from tfmigrate.trusted.code import Code

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe

# What `recipe draft` calls the inputs and outputs that it could not connect.
_STAND_IN = re.compile(r"unknown_\d+")


def plain(recipe: Recipe) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A recipe's architecture with every default written out, as JSON, and what was filled in."""
    from tfmigrate.recipe.fill import fill_defaults

    filled, defaults = fill_defaults(recipe)
    assert filled.architecture is not None
    where: dict[str, list[str]] = {}
    for d in defaults:
        said = f"{d.argument} is {d.value!r}, the default of {d.semantics}"
        where.setdefault(said, []).append(d.layer)
    found = filled.architecture.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    notes = [f"{said}, in {_listed(names)}" for said, names in where.items()]
    left = [n for key in ("inputs", "outputs") for n in found.get(key, ()) if _STAND_IN.match(n)]
    if left:
        notes.append(f"{_listed(left)} of the draft stand where nobody knew what belongs there")
    return found, tuple(notes)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 10 else ""
    return ", ".join(names[:8] if more else names) + more


def declared(recipe: Recipe, architecture: dict[str, Any]) -> Declared | None:
    """What the recipe declares for its own architecture; None where it declares nothing."""
    entries = recipe.architecture.layers if recipe.architecture else ()
    own = any(x.compute or x.variable for x in entries)
    if not (recipe.layer_types or recipe.functions or own):
        return None
    return of_architecture(recipe, architecture, of_semantics(architecture.get("semantics") or ""))


def used(recipe: Recipe) -> RecipeUsed:
    """What a report says of a recipe."""
    return RecipeUsed(
        recipe.name or PurePath(recipe.path).name, recipe.sha256, dict(recipe.parameters)
    )


def refuse_untrusted(architecture: dict[str, Any], files: Sequence[Code]) -> None:
    """Refuse a builder that the user does not trust, and trusted code that nothing runs.

    Raises:
        UsageProblem: --trust-code does not go with the recipe.
    """
    wanted = str(architecture.get("python") or "").rpartition(":")[0].replace("\\", "/")
    wanted = wanted.rpartition("/")[2]
    if files and not wanted:
        raise UsageProblem(
            "--trust-code has no use with a recipe that declares the architecture itself",
            help="leave one of them out",
        )
    if wanted and wanted not in [file.name for file in files]:
        raise UsageProblem(
            f"the recipe's architecture is code, {shown(architecture['python'])}, which is run"
            " only where it is trusted",
            help=f"read it, and give it: --trust-code {shown(wanted)}",
        )


def writer_of(semantics: str) -> Writer:
    """Who a recipe says wrote its model: the Keras whose semantics it names."""
    name, _, version = semantics.rpartition("-")
    if name not in ("keras", "tf.keras"):
        return Writer("TensorFlow")
    if name == "tf.keras":
        known = "2.2.4-tf" if version.startswith("1") else f"{version}.0"
        return Writer(name, known, "tensorflow")
    return Writer("Keras", f"{version}.0", "tensorflow")


def located(error: RecipeProblem, recipe: Recipe) -> RecipeProblem:
    """What a worker says about an entry of the architecture, with its file and line."""
    entries = recipe.architecture.layers if recipe.architecture else ()
    places = {f"{ENTRY}{entry.name}": i for i, entry in enumerate(entries)}
    problems = []
    for problem in error.problems:
        i = places.get(problem.where)
        if i is None:
            problems.append(problem)
            continue
        name = problem.where.removeprefix(ENTRY)
        spot = recipe.spots.problem(("architecture", "layers", i), "")
        problems.append(
            replace(problem, what=f"{shown(name, 80)}: {problem.what}", where=spot.where,
                    line=spot.line, path=spot.path)
        )  # fmt: skip
    help = error.help
    inputs = recipe.architecture.inputs if recipe.architecture else {}
    fixed = [name for name, spec in inputs.items() if spec.shape and spec.shape[0] is not None]
    if places and fixed:
        help = f"every shape is the full one, the batch first: is it missing in {', '.join(fixed)}?"
    return RecipeProblem(error.what, problems, where=recipe.path, help=help)

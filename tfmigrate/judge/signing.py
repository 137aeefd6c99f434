"""Which signature a recipe asks for, and whether the exported one is it."""

from __future__ import annotations

from typing import Any

from tfmigrate.errors import NotProved, UsageProblem, shown
from tfmigrate.export.naming import signature_problems
from tfmigrate.recipe import Recipe
from tfmigrate.tensors import Signature


def only_key(recipe: Recipe | None) -> str:
    """The key of the recipe's only signature, else TensorFlow's default one."""
    keys = list(recipe.signatures) if recipe else []
    return keys[0] if len(keys) == 1 else "serving_default"


def of_recipe(recipe: Recipe | None, key: str) -> dict[str, Any] | None:
    """The recipe's signature as plain data; None where it has none.

    Raises:
        UsageProblem: The recipe has signatures, and not this one.
    """
    if recipe is None or not recipe.signatures:
        return None
    if key not in recipe.signatures:
        known = ", ".join(recipe.signatures)
        raise UsageProblem(f"the recipe has no signature {shown(key)}", help=f"it has {known}")
    plain: dict[str, Any] = recipe.signatures[key].model_dump(mode="json", by_alias=True)
    return plain


def refuse(asked: Signature, exported: Signature, plain: dict[str, Any] | None) -> None:
    """Refuse an export whose signature is not the one that was asked for.

    Raises:
        NotProved: A name, type or shape differs.
    """
    inputs = (plain or {"inputs": {}})["inputs"].values()
    narrowed = any(i["shape"] is not None for i in inputs)
    if problems := signature_problems(asked, exported, narrowed):
        raise NotProved("the exported signature is not the one that was asked for", problems)

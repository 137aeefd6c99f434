"""Results as one JSON document, always parseable: no NaN, no control characters."""

from __future__ import annotations

import json
import math
from typing import Any

from tfmigrate import tensors
from tfmigrate.contract.difference import Difference
from tfmigrate.contract.model import Contract
from tfmigrate.golden.results import Recorded
from tfmigrate.report import PLAIN, Style
from tfmigrate.report.recipe_results import (
    KerasChecked,
    RecipeChecked,
    RecipeDrafted,
    RecipeExplained,
    RecipeFits,
    RecipeList,
    RecipeShown,
    RecipeVariables,
)
from tfmigrate.report.verdict import passed
from tfmigrate.results import Migration, Source, Verification

SCHEMA = 1

KINDS: dict[type, str] = {
    Source: "inspection",
    Migration: "migration",
    Verification: "verification",
    RecipeList: "recipes",
    RecipeShown: "recipe",
    RecipeChecked: "recipe-check",
    KerasChecked: "keras-config-check",
    RecipeFits: "recipe-fit",
    RecipeVariables: "recipe-variables",
    RecipeExplained: "recipe-explanation",
    RecipeDrafted: "recipe-draft",
    Recorded: "golden",
    Contract: "contract",
    Difference: "difference",
}


def render(result: object, style: Style = PLAIN) -> str:
    """A result with the schema version (``"tfmigrate": 1``) and its ``"kind"``.

    An infinite or undefined number becomes the text ``"inf"``, ``"-inf"`` or ``"nan"``, because
    JSON has none.
    """
    body: dict[str, Any] = tensors.as_json(result)
    if isinstance(result, Source):  # has a `kind` of its own
        body = {"source": body}
    if isinstance(result, Migration | Verification):
        body = {"passed": passed(result), **body}
    return document(KINDS[type(result)], body)


def document(kind: str, body: dict[str, Any]) -> str:
    """Any body as a document of ours."""
    whole = {"tfmigrate": SCHEMA, "kind": kind, **body}
    return json.dumps(_finite(whole), indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value

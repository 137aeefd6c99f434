"""Results as text that fits a screen."""

from __future__ import annotations

from tfmigrate.contract.difference import Difference
from tfmigrate.contract.model import Contract
from tfmigrate.golden.results import Recorded
from tfmigrate.lazy import load
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
from tfmigrate.results import Migration, Source, Verification

_WRITERS: dict[type, str] = {
    Source: "tfmigrate.report.inspection_text:render",
    Migration: "tfmigrate.report.migration_text:render",
    Verification: "tfmigrate.report.verification_text:render",
    RecipeList: "tfmigrate.report.recipe_text:listed",
    RecipeShown: "tfmigrate.report.recipe_text:show",
    RecipeChecked: "tfmigrate.report.recipe_text:checked",
    KerasChecked: "tfmigrate.report.recipe_text:keras_checked",
    RecipeFits: "tfmigrate.report.explain_text:fits",
    RecipeVariables: "tfmigrate.report.explain_text:variables",
    RecipeExplained: "tfmigrate.report.explain_text:explained",
    RecipeDrafted: "tfmigrate.report.explain_text:drafted",
    Contract: "tfmigrate.report.contract_text:render",
    Difference: "tfmigrate.report.diff_text:render",
    Recorded: "tfmigrate.report.golden_text:render",
}


def render(result: object, style: Style = PLAIN) -> str:
    """A result as text; the last line says the most important thing once more."""
    text: list[str] = load(_WRITERS[type(result)])(result, style)
    return "\n".join(text[-1:] if style.quiet else text)

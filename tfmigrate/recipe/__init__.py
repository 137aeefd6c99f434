"""The recipe as data: what the model is, where its weights go, what its callers rely on.

What is named here loads on use: :mod:`tfmigrate.mapping` needs a few rules of the language, but
not pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfmigrate import lazy

if TYPE_CHECKING:
    from tfmigrate.recipe.fill import FilledDefault, fill_defaults
    from tfmigrate.recipe.load import load_recipe
    from tfmigrate.recipe.model import Recipe

__all__ = ["FilledDefault", "Recipe", "fill_defaults", "load_recipe"]

_EXPORTS = {
    "FilledDefault": "tfmigrate.recipe.fill:FilledDefault",
    "Recipe": "tfmigrate.recipe.model:Recipe",
    "fill_defaults": "tfmigrate.recipe.fill:fill_defaults",
    "load_recipe": "tfmigrate.recipe.load:load_recipe",
}


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return lazy.load(_EXPORTS[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

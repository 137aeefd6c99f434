"""What the recipe commands found, as plain data that text and JSON read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RecipeList:
    """The recipes of the library: each one's name and its file."""

    recipes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RecipeShown:
    """A recipe with every default written out.

    Attributes:
        path: The file.
        recipe: The recipe as plain data, parameters replaced by their values.
        filled: Each default that was filled in: layer, argument, value, semantics.
    """

    path: str
    recipe: dict[str, Any]
    filled: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class RecipeChecked:
    """A recipe that has no mistakes.

    Attributes:
        path: The file.
        sha256: The file's SHA-256.
        layers: How many layers it declares.
        rules: How many weight rules it has.
        filled: How many defaults its semantics decided.
    """

    path: str
    sha256: str
    layers: int
    rules: int
    filled: int

"""What the recipe commands found, as plain data that text and JSON read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tfmigrate.results import Hazard


@dataclass(frozen=True)
class Listed:
    """A recipe of the library: its name, and the path of its file."""

    name: str
    path: str


@dataclass(frozen=True)
class RecipeList:
    """The recipes of the library."""

    recipes: tuple[Listed, ...]


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


@dataclass(frozen=True)
class KerasChecked:
    """A Keras model.json or model.yaml that was given as a recipe; it was read, not rebuilt.

    Attributes:
        path: The file.
        sha256: The file's SHA-256.
        layers: How many layers it declares, at any depth.
        hazards: What will be hard.
    """

    path: str
    sha256: str
    layers: int
    hazards: tuple[Hazard, ...] = ()

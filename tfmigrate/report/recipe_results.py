"""What the recipe commands found, as plain data that text and JSON read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tfmigrate.drafting.explanation import Explanation
from tfmigrate.results import Hazard, Migration
from tfmigrate.tensors import Signature, VariableInfo


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


@dataclass(frozen=True)
class RecipeFits:
    """A recipe and a source that fit each other.

    Attributes:
        path: The recipe.
        dry_run: What a migration would do.
    """

    path: str
    dry_run: Migration


@dataclass(frozen=True)
class RecipeVariables:
    """The variables of a recipe's model, as `to` in a weight rule names them.

    Attributes:
        path: The recipe.
        engine: What built it.
        variables: Its variables.
        signature: Its inputs and outputs.
    """

    path: str
    engine: str
    variables: tuple[VariableInfo, ...]
    signature: Signature


@dataclass(frozen=True)
class RecipeExplained:
    """Why a recipe does not fit a source, and what would make it fit.

    Attributes:
        path: The recipe.
        source: The source.
        fits: Whether everything fits.
        explanation: What is open, and the rules to paste.
    """

    path: str
    source: str
    fits: bool
    explanation: Explanation


@dataclass(frozen=True)
class RecipeDrafted:
    """A first recipe for a source.

    Attributes:
        source: The source.
        basis: What it was made from: library, graph, objects or names.
        text: The recipe as YAML, with comments.
        said: What a person should know, in sentences.
        output: The file it was written to, "" where it was not.
    """

    source: str
    basis: str
    text: str
    said: tuple[str, ...] = ()
    output: str = ""

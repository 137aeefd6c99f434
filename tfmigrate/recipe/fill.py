"""Fills the defaults that ``semantics`` decides into a recipe, and says which."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.recipe.architecture import Layer
from tfmigrate.recipe.layer_names import layers
from tfmigrate.recipe.model import Recipe
from tfmigrate.recipe.nested import Spec, changed
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.semantics import Default, defaults, engine_of, explained


@dataclass(frozen=True)
class FilledDefault:
    """An argument that the recipe left open, and the value that applies.

    Attributes:
        layer: The layer's name; ``name/argument`` for a layer inside a layer's argument.
        argument: The argument.
        value: The default that was filled in.
        semantics: Whose default it is.
    """

    layer: str
    argument: str
    value: Any
    semantics: str


def fill_defaults(recipe: Recipe) -> tuple[Recipe, list[FilledDefault]]:
    """The recipe with every default that ever changed written out.

    Raises:
        RecipeProblem: A layer has such an argument, and neither the recipe nor its semantics
            says what it is.
    """
    architecture = recipe.architecture
    if architecture is None:
        return recipe, []
    filling = _Filling(architecture.semantics, Reporter(recipe.path))
    filled = tuple(filling.layer(i, layer) for i, layer in enumerate(architecture.layers))
    filling.report.finish()
    whole = architecture.model_copy(update={"layers": filled})
    return recipe.model_copy(update={"architecture": whole}), filling.filled


def report_undecided(
    report: Reporter, path: Path, layer: str, default: Default, semantics: str | None
) -> None:
    """Report an argument that must be given, or decided by the semantics."""
    name, known = default.argument, explained(default.known)
    if semantics:
        what = f"{layer} needs {name}: {semantics} has no one default for it"
        report.add(path, what, expected=known, help=f"give {name}")
        return
    what = f"{layer} needs {name}: its default changed over the years, and nothing says which"
    report.add(path, what, expected=known, help=f"say architecture.semantics, or give {name}")


@dataclass
class _Filling:
    semantics: str | None
    report: Reporter
    filled: list[FilledDefault] = field(default_factory=list)

    def layer(self, index: int, layer: Layer) -> Layer:
        if layer.layer is None:
            return layer
        path: Path = ("architecture", "layers", index, "with")
        return layer.model_copy(
            update={"with_": self.arguments(layer.name or "", layer.layer, layer.with_, path)}
        )

    def arguments(self, name: str, layer: str, given: Spec, path: Path) -> Spec:
        known = layers(engine_of(self.semantics))
        new = {
            key: changed(value, functools.partial(self.inner, f"{name}/{key}"), (*path, key))
            for key, value in given.items()
        }
        real = known[layer].name if layer in known else layer
        for default in defaults(real, given, self.semantics):
            if default.decided:
                new[default.argument] = default.value
                self.filled.append(
                    FilledDefault(name, default.argument, default.value, self.semantics or "")
                )
            else:
                report_undecided(self.report, path, layer, default, self.semantics)
        return new

    def inner(self, name: str, spec: Spec, path: Path) -> Spec:
        given = spec.get("with") or {}
        return {**spec, "with": self.arguments(name, spec["layer"], given, (*path, "with"))}

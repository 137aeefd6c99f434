"""Layers and functions that a recipe declares, put where a model only names them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.engines import lambda_upgrades
from tfmigrate.engines.assemble import ENTRY
from tfmigrate.errors import Problem, UnsafeContent, nearest, shown
from tfmigrate.expressions import Dialect, Expression
from tfmigrate.judge.specs import Specs
from tfmigrate.recipe import Recipe
from tfmigrate.recipe.reporter import Path
from tfmigrate.recipe.spots import read
from tfmigrate.results import Hazard, Writer
from tfmigrate.sources import config as configs
from tfmigrate.sources import hazard_code

_UNNAMED = "<lambda>"


@dataclass(frozen=True)
class Declared:
    """What a model uses of a recipe's declarations.

    Attributes:
        config: The model's config; unnamed functions have got names.
        left: The hazards that no declaration settles.
        layers: Layer types by the class name in the config, as the worker builds them.
        functions: Functions by the name in the config, the same.
        lambdas: Expressions for Lambda layers, by hash, layer name or function name.
        said: The text of each declaration that is used, by what it declares.
        notes: Where they are used.
    """

    config: dict[str, Any]
    left: tuple[Hazard, ...] = ()
    layers: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)
    lambdas: dict[str, Expression] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def order(self) -> dict[str, Any] | None:
        """What the rebuilder is told of them, as JSON; None where there is nothing."""
        if not self.layers and not self.functions:
            return None
        return {"layers": self.layers, "functions": self.functions}


def of_architecture(recipe: Recipe, architecture: dict[str, Any], dialect: Dialect) -> Declared:
    """All declarations of a recipe that has the architecture too, and its expressions.

    Raises:
        RecipeProblem: An expression means nothing in the recipe's semantics.
    """
    specs = Specs(recipe, dialect)
    layers = {name: specs.layer(name) for name in recipe.layer_types}
    functions = {name: specs.function(name) for name in recipe.functions}
    said = _said(recipe)
    entries = recipe.architecture.layers if recipe.architecture else ()
    for i, entry in enumerate(entries):
        if entry.compute is not None or entry.variable is not None:
            layers[f"{ENTRY}{entry.name}"] = specs.entry(entry, ("architecture", "layers", i))
        if entry.compute is not None:
            said[f"entry {entry.name}"] = "; ".join(entry.compute.strip().splitlines())
    specs.finish()
    return Declared(architecture, (), layers, functions, said=said)


def of_config(
    config: dict[str, Any],
    hazards: tuple[Hazard, ...],
    recipe: Recipe | None,
    writer: Writer,
    dialect: Dialect,
) -> Declared:
    """The declarations of a recipe that the config of a model asks for.

    Args:
        config: The model's config as stored.
        hazards: What is hard about it.
        recipe: The recipe, which may declare nothing.
        writer: Who wrote the config.
        dialect: Whose meaning the names of an expression have.

    Raises:
        RecipeProblem: A declaration that nothing uses, or that needs what the config does not say;
            all of them at once.
    """
    if recipe is None or not (recipe.layer_types or recipe.functions):
        return Declared(config, hazards)
    return _Matching(recipe, dialect, writer).through(copy.deepcopy(config), hazards)


def _said(recipe: Recipe) -> dict[str, str]:
    layers = {f"layer type {n}": t.compute for n, t in recipe.layer_types.items()}
    found = layers | {f"function {n}": text for n, text in recipe.functions.items()}
    return {what: "; ".join(text.strip().splitlines()) for what, text in found.items()}


class _Matching:
    def __init__(self, recipe: Recipe, dialect: Dialect, writer: Writer) -> None:
        self.recipe, self.dialect, self.writer = recipe, dialect, writer
        self.specs = Specs(recipe, dialect)
        self.used: dict[Path, list[str]] = {}
        self.layers: dict[str, Any] = {}
        self.functions: dict[str, Any] = {}
        self.lambdas: dict[str, Expression] = {}

    def through(self, config: dict[str, Any], hazards: tuple[Hazard, ...]) -> Declared:
        left = [h for h in hazards if not self.settles(h, config)]
        for layer in configs.layers(config):
            left = self.named(layer, self.lifted(layer, left))
        for section, names in (("layer_types", self.recipe.layer_types),
                               ("functions", self.recipe.functions)):  # fmt: skip
            for name in names:
                if (section, name) not in self.used:
                    self.specs.problems.append(self.unused((section, name), hazards))
        self.specs.finish()
        return Declared(
            config, tuple(left), self.layers, self.functions, self.lambdas, _said(self.recipe),
            tuple(self.notes()),
        )  # fmt: skip

    def notes(self) -> Iterator[str]:
        for (section, name), places in self.used.items():
            what = "the layer type" if section == "layer_types" else "the function"
            where = ", ".join(shown(p, 60) for p in dict.fromkeys(places))
            yield f"{what} {shown(name, 80)} is what the recipe says it is, in {where}"

    def unused(self, path: Path, hazards: tuple[Hazard, ...]) -> Problem:
        wanted = sorted({h.needs or h.where for h in hazards if h.needs or h.code == "lambda"})
        what = "layer type" if path[0] == "layer_types" else "function"
        need = f"the model needs {', '.join(shown(n, 60) for n in wanted)}" if wanted else (
            "the model names none that Keras did not have itself"
        )  # fmt: skip
        name = str(path[1])
        near = nearest(name, wanted)
        return self.recipe.spots.problem(
            path, f"the {what} {shown(name, 60)} is used nowhere in this model", None, near, need
        )

    def settles(self, hazard: Hazard, config: dict[str, Any]) -> bool:
        """Whether a declaration stands for what a hazard misses."""
        wanted = hazard.needs
        if hazard.code in ("custom-layer", "custom-object"):
            for name in (wanted, wanted.rpartition(">")[2]):
                if name in self.recipe.layer_types:
                    self.used.setdefault(("layer_types", name), []).append(hazard.where)
                    self.layers[wanted] = self.specs.layer(name)
                    self.specs.against(name, wanted.rpartition(">")[2], config)
                    return True
        if hazard.code in ("custom-activation", "custom-object"):
            for name in (wanted, wanted.rpartition(">")[2]):
                if name in self.recipe.functions:
                    self.used.setdefault(("functions", name), []).append(hazard.where)
                    self.functions[wanted] = self.specs.function(name)
                    return True
        return False

    def named(self, layer: configs.ConfigLayer, left: list[Hazard]) -> list[Hazard]:
        """An unnamed function, by the name of its layer."""
        keys = [k for k, v in layer.config.items() if "activation" in k and v == _UNNAMED]
        if layer.name not in self.recipe.functions or len(keys) != 1:
            return left
        new = f"{layer.name}/{_UNNAMED}"
        layer.config[keys[0]] = new
        self.used.setdefault(("functions", layer.name), []).append(layer.path)
        self.functions[new] = self.specs.function(layer.name)
        return [h for h in left if (h.code, h.where) != ("custom-activation", layer.path)]

    def lifted(self, layer: configs.ConfigLayer, left: list[Hazard]) -> list[Hazard]:
        """A Lambda layer, by the hash of its code, its own name or that of its function."""
        name = lambda_upgrades.given_name(layer.entry, self.recipe.functions)
        if not name:
            return left
        arguments = layer.config.get("arguments")
        names = ("x", "mask", *(arguments if isinstance(arguments, dict) else ()))
        self.specs.function(name, names)
        found, _ = read(self.recipe.spots, ("functions", name), self.recipe.functions[name], None)
        assert found is not None  # read once before, when the recipe was loaded
        self.lambdas[name] = found
        self.used.setdefault(("functions", name), []).append(layer.path)
        return [h for h in left if (h.code, h.where) != ("lambda", layer.path)] + [
            *self.still(layer)
        ]

    def still(self, layer: configs.ConfigLayer) -> Iterator[Hazard]:
        """What is code in a Lambda layer besides its function."""
        try:
            entry = lambda_upgrades.lifted(layer.entry, self.writer, self.dialect, self.lambdas)
        except UnsafeContent as problem:
            yield Hazard("lambda", f"Lambda layer: {problem.what}", layer.path, 5, problem.help)
            return
        rest = configs.ConfigLayer(layer.path, entry["class_name"], layer.name, entry)
        yield from hazard_code.lambdas(rest, self.dialect)

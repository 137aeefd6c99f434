"""A recipe's declared layers and functions as plain JSON for the rebuilder, checked on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import NotSupported, Problem, RecipeProblem, nearest, shown
from tfmigrate.expressions import Dialect, as_json, check
from tfmigrate.recipe import Recipe
from tfmigrate.recipe.architecture import DeclaredWeight, EntryWeight, Layer, LayerType
from tfmigrate.recipe.forms import REQUIRED
from tfmigrate.recipe.reporter import Path
from tfmigrate.recipe.spots import read, unknown
from tfmigrate.sources import config as configs
from tfmigrate.tensors import as_json as plain_json


class Specs:
    """The declarations of one recipe, in a dialect; what is wrong with them is collected.

    Args:
        recipe: The recipe.
        dialect: Whose meaning the names in its expressions have.
    """

    def __init__(self, recipe: Recipe, dialect: Dialect) -> None:
        self.recipe, self.dialect = recipe, dialect
        self.problems: list[Problem] = []

    def finish(self) -> None:
        """Raise what was found wrong, in the order of the file.

        Raises:
            RecipeProblem: There was a problem.
        """
        if self.problems:
            ordered = sorted(dict.fromkeys(self.problems), key=lambda p: p.line or 0)
            what = "a mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
            raise RecipeProblem(f"the recipe has {what}", ordered, where=self.recipe.path)

    def layer(self, name: str) -> dict[str, Any]:
        """A layer type: what :func:`tfmigrate.engines.declared.declared_layer` takes."""
        kind, path = self.recipe.layer_types[name], ("layer_types", name)
        places = ((*path, "weights", weight) for weight in kind.weights)
        made = zip(kind.weights.items(), places, strict=True)
        weights = {weight: self._weight(spec, place) for (weight, spec), place in made}
        arguments = (kind.arguments or {}).items()
        return {
            "inputs": list(kind.inputs),
            "arguments": {n: value for n, value in arguments if value != REQUIRED},
            "weights": weights,
            "states": {n: self._size(s, (*path, "states", n)) for n, s in kind.states.items()},
            "compute": self._json((*path, "compute"), kind.compute),
            "mask": None if kind.mask is None else self._json((*path, "mask"), kind.mask),
            **self._about((*path, "compute")),
        }

    def entry(self, entry: Layer, path: Path) -> dict[str, Any]:
        """A ``compute`` entry or a variable of the architecture, in the same terms.

        ``shared`` names the variables of earlier entries that it uses, ``alone`` says that it is
        nothing but a variable.
        """
        own = {n: w for n, w in entry.weights.items() if w.of is None}
        weights = {n: self._weight(w, (*path, "weights", n)) for n, w in own.items()}
        compute = "value"
        if entry.variable is not None:
            weights = {"value": self._weight(entry.variable, (*path, "variable"))}
        mask = entry.mask
        return {
            "inputs": list(entry.from_) if isinstance(entry.from_, dict) else ["x"],
            "arguments": {},
            "weights": weights,
            "shared": {n: w.of for n, w in entry.weights.items() if w.of is not None},
            "alone": entry.variable is not None,
            "compute": self._json((*path, "compute"), entry.compute or compute),
            "mask": None if mask is None else self._json((*path, "mask"), mask),
            **self._about((*path, "compute")),
        }

    def _weight(self, spec: DeclaredWeight | EntryWeight, path: Path) -> dict[str, Any]:
        sizes = enumerate(spec.shape or ())
        shape = [self._size(size, (*path, "shape", i)) for i, size in sizes]
        return {"dtype": spec.dtype, "shape": shape}

    def _size(self, size: int | str, path: Path) -> Any:
        return self._json(path, size) if isinstance(size, str) else size

    def function(self, name: str, names: tuple[str, ...] = ("x",)) -> dict[str, Any]:
        """A function: what :func:`tfmigrate.engines.declared.declared_function` takes."""
        path: Path = ("functions", name)
        expression = self._json(path, self.recipe.functions[name], names)
        return {"expression": expression, **self._about(path)}

    def against(self, name: str, class_name: str, config: dict[str, Any]) -> None:
        """A layer type against each layer of a model that is one: what its config has to give."""
        kind, path = self.recipe.layer_types[name], ("layer_types", name)
        declared = kind.arguments or {}
        for layer in configs.layers(config):
            if layer.class_name != class_name:
                continue
            plain = [k for k, v in layer.config.items() if not isinstance(v, dict)]
            for argument, default in declared.items():
                if default == REQUIRED and argument not in plain:
                    what = f"the config of {shown(layer.path, 60)} has no {argument}"
                    near = nearest(argument, plain)
                    place: Path = (*path, "arguments")
                    self.problems.append(self.recipe.spots.problem(place, what, None, near))
            given = (*declared, *plain)
            inside = (*kind.inputs, *kind.weights, *kind.states, "mask", *given)
            for place, text in _computed(kind, path):
                self._names(place, text, inside)
            for place, text in _sizes(kind, path):
                self._names(place, text, ("last", "input", *given))

    def _about(self, path: Path) -> dict[str, Any]:
        line, _ = self.recipe.spots.at(path)
        where = f"{self.recipe.path}, line {line}" if line else self.recipe.path
        return {"dialect": plain_json(self.dialect), "where": where}

    def _json(self, path: Path, text: str, names: tuple[str, ...] | None = None) -> Any:
        """An expression for the worker; what it cannot mean is noted as a problem."""
        spots = self.recipe.spots
        found, problems = read(spots, path, text, names)
        self.problems += problems
        if found is None:
            return None
        try:
            check(found, self.dialect)
        except NotSupported as problem:
            named = next((f for f in found.functions if f in problem.what), "")
            at = max(0, text.find(named))
            self.problems.append(spots.problem(path, problem.what, at, help=problem.help))
        return as_json(found)

    def _names(self, path: Path, text: str, known: tuple[str, ...]) -> None:
        found, _ = read(self.recipe.spots, path, text, None)
        if found is not None:
            self.problems += unknown(self.recipe.spots, path, text, found, known)


def _computed(kind: LayerType, path: Path) -> Iterator[tuple[Path, str]]:
    yield (*path, "compute"), kind.compute
    if kind.mask is not None:
        yield (*path, "mask"), kind.mask


def _sizes(kind: LayerType, path: Path) -> Iterator[tuple[Path, str]]:
    """The sizes that are expressions."""
    for weight, spec in kind.weights.items():
        for i, size in enumerate(spec.shape):
            if isinstance(size, str):
                yield (*path, "weights", weight, "shape", i), size

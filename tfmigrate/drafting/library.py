"""Which recipe of the library a source is made for, and with which parameters: by names and sizes.

Recipes are read, not built: the expanded entries say the names of the layers and the sizes of what
they give. Whether everything fits is for the dry run to say.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfmigrate.drafting.recurrent import scopes_of
from tfmigrate.drafting.scopes import plain
from tfmigrate.drafting.settings import offers
from tfmigrate.errors import RecipeProblem
from tfmigrate.mapping.patterns import Ambiguous, compile_pattern
from tfmigrate.recipe import library, load_recipe
from tfmigrate.recipe.rules import captures

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.tensors import TensorInfo

# Arguments that say how large the last dimension of a kernel is.
_SIZES = ("filters", "units", "output_dim")
_WEIGHTED = (
    "Conv", "Dense", "Embedding", "BatchNorm", "LayerNorm", "LSTM", "GRU", "RNN", "PReLU", "tf1.",
    "Bidirectional", "TimeDistributed", "Depthwise", "Separable",
)  # fmt: skip
_HOLDERS = ("tf1.", "Bidirectional", "TimeDistributed", "RNN", "LSTM", "GRU")
_LEAVES = ("kernel", "depthwise_kernel", "embeddings")
_DIGITS = re.compile(r"\d+")
_LEAST = 0.5  # of the names; a recipe that shares fewer is another model
_ROUNDS = 2
_NAMING = frozenset({"depth", "scope"})  # parameters that all names depend on


@dataclass(frozen=True)
class Match:
    """A recipe of the library that a source could be for.

    Attributes:
        recipe: Its name.
        parameters: What has to be set, as texts.
        score: The share of names and sizes that agree, 0 to 1.
    """

    recipe: str
    parameters: dict[str, str]
    score: float


@dataclass(frozen=True)
class Layers:
    """The layers of a source or a recipe: the last size of each one's kernel, by its name.

    A size is None where nothing says it. What stands under one of ``wide`` belongs to it: the cells
    of a layer that runs them.
    """

    sizes: Mapping[str, int | None]
    wide: frozenset[str] = frozenset()

    @classmethod
    def of_source(cls, tensors: Iterable[TensorInfo]) -> Layers:
        """The layers that tensors are grouped by."""
        found: dict[str, int | None] = {}
        for tensor in tensors:
            if tensor.training:
                continue
            name = plain(tensor.name)
            scope = tensor.group or name.rpartition("/")[0] or name
            size = tensor.shape[-1] if len(tensor.shape) > 1 else None
            found[scope] = size or found.get(scope)
        return cls(found)

    @classmethod
    def of_recipe(cls, recipe: Recipe) -> Layers:
        """The layers with weights, by the names that the recipe's rules take them from."""
        stored, wide = _Stored(recipe), set()
        found: dict[str, int | None] = {}
        for entry in recipe.architecture.layers if recipe.architecture else ():
            name, kind = entry.name or "", entry.layer or ""
            if entry.variable is not None:
                found[stored.variable(name)] = None
            elif any(word in kind for word in _WEIGHTED) or kind in recipe.layer_types:
                size = next((entry.with_[a] for a in _SIZES if a in entry.with_), None)
                cells = tuple(scopes_of(kind, entry.with_))
                places = [f"{name}/{inner}" for inner in cells] or [stored.layer(name)]
                found |= dict.fromkeys(places, size if isinstance(size, int) else None)
                if any(word in kind for word in _HOLDERS) or kind in recipe.layer_types:
                    wide.update(places)
        return cls(found, frozenset(wide))

    def stems(self) -> set[str]:
        """The names without their numbers, which parameters may change."""
        return {_DIGITS.sub("", name) for name in self.sizes}

    def has(self, name: str) -> bool:
        """Whether a layer is there, or one that it belongs to."""
        return name in self.sizes or any(part in self.wide for part in _parts(name))

    def agreement(self, other: Layers) -> float:
        """The share of layers that both have, by name; half of each counts for its size."""
        shared = [name for name in self.sizes if other.has(name)]
        met = {part for name in shared for part in _parts(name)}
        everything = len(self.sizes) + len([n for n in other.sizes if n not in met])
        same = sum(
            1 if self.sizes[n] is None or other.sizes.get(n) in (None, self.sizes[n]) else 0
            for n in shared
        )
        return (len(shared) + same) / (2 * everything) if everything else 0.0

    def differences(self, other: Layers) -> list[tuple[int, int]]:
        """Sizes of the other that are not ours: its own, then ours."""
        pairs = ((other.sizes.get(n), size) for n, size in self.sizes.items())
        return [(theirs, mine) for theirs, mine in pairs if theirs and mine and theirs != mine]


class _Stored:
    """The names that a recipe's rules take its variables from: the rules read backwards."""

    def __init__(self, recipe: Recipe) -> None:
        self._rules = [
            (compile_pattern(rule.to[0]), compile_pattern(rule.from_[0]))
            for rule in recipe.weights.rules
            if len(rule.to) == len(rule.from_) == 1
            and captures(rule.from_[0]) <= captures(rule.to[0])
        ]

    def variable(self, name: str) -> str:
        """The scope of the tensor that becomes a variable; its name, where it has no scope."""
        found = self._source(name) or name
        return found.rpartition("/")[0] or found

    def layer(self, name: str) -> str:
        """The scope of the tensors that become a layer's variables."""
        sources = (self._source(f"{name}/{leaf}") for leaf in _LEAVES)
        found = next((s for s in sources if s), f"{name}/")
        return found.rpartition("/")[0] or found

    def _source(self, name: str) -> str:
        for target, source in self._rules:
            try:
                binding = target.match(name)
            except Ambiguous:
                continue
            if binding is not None:
                return source.fill(binding)
        return ""


def _parts(name: str) -> Iterator[str]:
    """A name and what it stands under, the name itself first."""
    while name:
        yield name
        name = name.rpartition("/")[0]


def matches(tensors: Sequence[TensorInfo]) -> Iterator[Match]:
    """The recipes whose layers a source has, the likeliest first."""
    source = Layers.of_source(tensors)
    found = []
    for name in library.recipes():
        match = _matched(name, source)
        if match is not None and match.score >= _LEAST:
            found.append(match)
    found.sort(key=lambda m: (-m.score, m.recipe))
    yield from found


def _matched(name: str, source: Layers) -> Match | None:
    """How well a recipe fits, with the parameters that fit best."""
    recipe = _loaded(name, {})
    if recipe is None or recipe.architecture is None:
        return None
    layers = Layers.of_recipe(recipe)
    if not layers.stems() & source.stems():  # no setting makes another model of it
        return None
    best = Match(name, {}, source.agreement(layers))
    for key in _NAMING & recipe.parameters.keys():
        best = _tuned(best, key, recipe.parameters[key], source)
    if best.score < _LEAST / 4:
        return None
    for _ in range(_ROUNDS):
        before = best
        for key, value in recipe.parameters.items():
            best = _tuned(best, key, value, source)
        if best == before or best.score == 1:
            break
    return best


def _tuned(best: Match, key: str, value: Any, source: Layers) -> Match:
    """The best match that another value of one parameter gives."""
    loaded = _loaded(best.recipe, best.parameters)
    if loaded is None or best.score == 1:
        return best
    differences = source.differences(Layers.of_recipe(loaded))
    for offer in offers(key, loaded.parameters.get(key, value), source.sizes, differences):
        settings = {**best.parameters, key: offer}
        recipe = _loaded(best.recipe, settings)
        if recipe is None:
            continue
        score = source.agreement(Layers.of_recipe(recipe))
        if score > best.score:
            best = Match(best.recipe, settings, score)
    return best


def _loaded(name: str, settings: Mapping[str, str]) -> Recipe | None:
    return _read(name, tuple(settings.items()))


@functools.lru_cache(maxsize=64)
def _read(name: str, settings: tuple[tuple[str, str], ...]) -> Recipe | None:
    try:
        return load_recipe(name, dict(settings))
    except RecipeProblem:  # a setting that this recipe has no model for
        return None

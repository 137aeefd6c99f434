"""A draft that is a recipe of the library: its text, with the parameters that the source needs."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tfmigrate.drafting.draft import Draft
from tfmigrate.drafting.library import Match
from tfmigrate.drafting.pasting import flow
from tfmigrate.mapping.plan import fitted

if TYPE_CHECKING:
    from tfmigrate.recipe import Recipe
    from tfmigrate.tensors import TensorInfo, VariableInfo

_WAYS = 3  # to try where several parameters could be meant
_PARAMETERS = re.compile(r"^parameters:.*\n(?:[ \t]+.*\n|\n(?=[ \t]))*", re.MULTILINE)


def refined(
    match: Match, recipe: Recipe, tensors: Sequence[TensorInfo], variables: Sequence[VariableInfo]
) -> list[dict[str, str]]:
    """The match's parameters with those that the shapes of its model show to be others.

    A parameter counts as shown where a dimension that is as large as its value is another in the
    source, and always the same other. Where several have one value, each could be meant: then there
    are several answers to try.
    """
    seen: dict[int, set[int]] = {}
    for theirs, mine in _differing(recipe, tensors, variables):
        seen.setdefault(theirs, set()).add(mine)
    shown = {value: str(next(iter(mine))) for value, mine in seen.items() if len(mine) == 1}
    holders: dict[int, list[str]] = {}
    for key, value in recipe.parameters.items():
        if type(value) is int and value in shown:
            holders.setdefault(value, []).append(key)
    choices = [[(key, shown[value]) for key in keys] for value, keys in holders.items()]
    ways = itertools.islice(itertools.product(*choices), _WAYS)
    return [{**match.parameters, **dict(way)} for way in ways]


def _differing(
    recipe: Recipe, tensors: Sequence[TensorInfo], variables: Sequence[VariableInfo]
) -> list[tuple[int, int]]:
    """Dimensions in which a variable and the tensor of its name differ."""
    weights = recipe.weights
    fit, _ = fitted(tensors, variables, weights.rules, weights.ignore, "", weights.averages)
    shapes = {v.name: v.shape for v in variables}
    pairs = [
        (shapes[a.targets[0]], fit.tensors[a.sources[0]].shape)
        for a in fit.assignments
        if not a.ops and len(a.sources) == len(a.targets) == 1
    ]
    owned = {(v.owners[0], v.leaf): v.shape for v in variables if v.owners}
    for tensor in tensors:
        place = (tensor.group, tensor.key.partition(":")[0].rpartition("/")[2])
        if tensor.group and place in owned:
            pairs.append((owned[place], tensor.shape))
    return [
        (theirs, mine)
        for one, other in pairs
        if len(one) == len(other)
        for theirs, mine in zip(one, other, strict=True)
        if theirs != mine
    ]


def drafted(match: Match, recipe: Recipe, count: int, command: str) -> Draft:
    """The recipe's own text with its parameters set, and how to use it as it is."""
    options = _options(match)
    said = [
        f"This is {match.recipe} of the library: {count} of {count} variables match (sure: tried)",
        f"the same without this file: {command} --recipe {match.recipe}{options}",
    ]
    unseen = [key for key in recipe.parameters if key not in match.parameters]
    if unseen:
        said.append(f"guessed: as the library has them: {', '.join(unseen)}")
    own = {key: recipe.parameters[key] for key in _own(recipe)}
    own |= {key: recipe.parameters[key] for key in match.parameters}
    text = with_parameters(recipe.source_text, own)
    return Draft("library", "".join(f"# {line}\n" for line in said) + text, tuple(said))


def _own(recipe: Recipe) -> list[str]:
    """The parameters that the file itself declares, not those that it inherits."""
    block = _PARAMETERS.search(recipe.source_text)
    text = block[0] if block else ""
    return [key for key in recipe.parameters if re.search(rf"\b{re.escape(key)}\s*:", text)]


def with_parameters(text: str, values: Mapping[str, Any]) -> str:
    """A recipe's text with other defaults; the comments in the old section go."""
    if not values:
        return text
    line = f"parameters: {flow(values)}\n"
    if _PARAMETERS.search(text):
        return _PARAMETERS.sub(lambda _: line, text, count=1)
    return re.sub(r"^(name:.*\n)", lambda m: m[1] + line, text, count=1, flags=re.MULTILINE)


def _options(match: Match) -> str:
    return "".join(f" --set {shlex.quote(f'{k}={v}')}" for k, v in match.parameters.items())


def looks_like(match: Match, count: int, total: int, why: str) -> tuple[str, ...]:
    """What is said of a recipe that does not fit after all."""
    options = _options(match)
    fits = f"{count} of {total} variables match" if total else why
    return (f"guessed: it looks like {match.recipe} of the library{options}: {fits}",)

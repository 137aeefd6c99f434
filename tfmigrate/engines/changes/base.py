"""What a change is, and what a family of changes sees of a layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfmigrate.tensors import VariableInfo

Array = np.ndarray[Any, Any]
Arrays = Mapping[str, Array]
Config = dict[str, Any]

# Where the config of a wrapper holds those of other layers.
_INNER = ("layer", "backward_layer", "forward_layer", "cell")


class CannotChange(ValueError):
    """A layer that cannot be as a change wants it."""


class ChangesNothing(CannotChange):
    """The weights with the fault are those without it, bit for bit."""


@dataclass(frozen=True)
class Change:
    """A known fault, made in one layer.

    Attributes:
        kind: Its short name (``kernel flip``).
        layer: The layer's path.
        what: What the layer does with it ("computes with epsilon 0.001 instead of 1e-05").
        apply: What a user writes to get it: a recipe line, a rule or an option.
        reads: The variables that it changes.
        weights: From their values to new ones of the same shapes; None where they stay.
        config: From the layer's config to another one; None where it stays.
        fit: From a value to one of the shape that the layer then wants.
        before: What is done to the layer's input first.
        ops: The ops of a rule that does it, where there is one.
        sources: Whose value each variable gets, where they get each other's.
    """

    kind: str
    layer: str
    what: str
    apply: str
    reads: tuple[str, ...] = ()
    weights: Callable[[Arrays], Arrays] | None = None
    config: Callable[[Config], Config] | None = None
    fit: Callable[[Array, tuple[int, ...]], Array] | None = None
    before: Callable[[Any], Any] | None = None
    ops: tuple[dict[str, Any], ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """A layer as the families see it.

    Attributes:
        path: Its path; of a graph the scope of some variables.
        kinds: Its class and the classes that this comes from; empty for a graph.
        config: Its config; empty where it has none that is of use.
        variables: Its variables.
        layer: The layer itself; None for a graph.
        flattened: The shape, without the batch, that a Flatten before it made one axis of.
        twins: Variables of other layers with the same names and shapes, by their layers' paths.
    """

    path: str
    kinds: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    variables: tuple[VariableInfo, ...] = ()
    layer: Any = None
    flattened: tuple[int, ...] = ()
    twins: Mapping[str, tuple[VariableInfo, ...]] = field(default_factory=dict)

    def a(self, *names: str) -> bool:
        """Whether it is of one of these classes."""
        return not set(names).isdisjoint(self.kinds)

    @property
    def modern(self) -> bool:
        """Whether Keras 3 computes it."""
        return any(base.__module__.startswith("keras.") for base in type(self.layer).__mro__)

    def groups(self) -> Iterator[dict[str, VariableInfo]]:
        """Its variables by the inner layer that has them, each by its own name."""
        found: dict[tuple[str, ...], dict[str, VariableInfo]] = {}
        for info in self.variables:
            found.setdefault(info.owners, {})[info.leaf] = info
        yield from found.values()

    def setting(self, name: str) -> Any:
        """An argument of its, or of the layer that it wraps; None where it has none such."""
        return next((c[name] for c in configs(self.config) if name in c), None)

    def line(self, **settings: Any) -> str:
        """The line of a recipe's architecture that would make the layer so."""
        given: dict[str, Any] = settings
        inner = self.config.get("layer")
        if isinstance(inner, Mapping) and not settings.keys() & self.config.keys():
            given = {"layer": {"layer": inner.get("class_name"), "with": settings}}
        return f"- {{name: {self.path}, layer: {self.kinds[0]}, with: {_yaml(given)}}}"


def configs(config: Mapping[str, Any]) -> Iterator[Any]:
    """A layer's config and those of the layers that it wraps."""
    yield config
    for key in _INNER:
        inner = config.get(key)
        if isinstance(inner, Mapping) and isinstance(inner.get("config"), Mapping):
            yield from configs(inner["config"])


def setting(**settings: Any) -> Callable[[Config], Config]:
    """A change of a config: these arguments, wherever in it they stand."""

    def edit(config: Config) -> Config:
        for one in configs(config):
            one.update({k: v for k, v in settings.items() if k in one})
        return config

    return edit


@dataclass(frozen=True)
class Rule:
    """The ops of a rule for weights, and what they do to one array."""

    ops: tuple[dict[str, Any], ...]
    run: Callable[[Array], Array]


def by_rule(view: View, kind: str, what: str, infos: Sequence[VariableInfo], rule: Rule) -> Change:
    """A change of weights that ops of a rule make, the same in each variable."""
    names = tuple(info.name for info in infos)

    def run(values: Arrays) -> Arrays:
        return {name: rule.run(values[name]) for name in names}

    rules = [f'{{from: "...", to: "{n}", ops: {_yaml(rule.ops)}}}' for n in names]
    said = "; ".join(rules)
    return Change(kind, view.path, what, said, names, run, ops=rule.ops)


def exchanged(
    view: View, kind: str, what: str, pairs: Sequence[tuple[VariableInfo, VariableInfo]]
) -> Change:
    """A change of weights: variables that have each other's values."""
    other = {a.name: b.name for a, b in pairs} | {b.name: a.name for a, b in pairs}

    def run(values: Arrays) -> Arrays:
        return {name: values[source] for name, source in other.items()}

    rules = [f'{{from: "{b}", to: "{a}"}}' for a, b in other.items()]
    said = "; ".join(rules)
    return Change(kind, view.path, what, said, tuple(other), run, sources=other)


def _yaml(value: Any) -> str:
    """A value as YAML writes it within a line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_yaml(v) for v in value) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return repr(value) if isinstance(value, float) else str(value)

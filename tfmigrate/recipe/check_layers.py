"""Checks layer classes and their arguments against what the engine's Keras has."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe import tf1_layers
from tfmigrate.recipe.fill import report_undecided
from tfmigrate.recipe.layer_names import REFUSED, LayerArguments, layers
from tfmigrate.recipe.nested import HOLDERS, KEYS, is_layer, is_model
from tfmigrate.recipe.reporter import Path, Reporter
from tfmigrate.recipe.semantics import SEMANTICS, defaults, engine_of
from tfmigrate.recipe.tolerant import items, mapping, text

# A list of words is data; a text would be a path that the layer reads.
_FILES = frozenset({"vocabulary", "idf_weights"})


def check_layers(
    architecture: dict[str, Any],
    report: Reporter,
    declared: Mapping[str, LayerArguments] = types.MappingProxyType({}),
) -> None:
    """Report unknown layers and arguments, missing ones, and undecided defaults.

    Args:
        architecture: The recipe's ``architecture``.
        report: Where to.
        declared: The layers that the recipe declares itself.
    """
    checker = _Checker(text(architecture, "semantics"), report, declared)
    made: dict[str, str] = {}
    for i, layer in enumerate(items(architecture, "layers")):
        path: Path = ("architecture", "layers", i)
        kind = text(layer, "layer")
        if kind:
            made[text(layer, "name")] = kind
            if tf1_layers.is_part(kind):
                what = f"{kind} is a part: it stands inside a layer such as tf1.dynamic_rnn"
                report.add((*path, "layer"), what)
            checker.layer(kind, mapping(layer, "with"), path)
        called = kind or made.get(text(layer, "call_layer"), "")
        if called in checker.known:
            checker.call(checker.known[called], layer, path)


class _Checker:
    def __init__(
        self, semantics: str, report: Reporter, declared: Mapping[str, LayerArguments]
    ) -> None:
        self.semantics, self.report = semantics, report
        self.engine = engine_of(semantics)
        self.known = {**declared, **layers(self.engine)}

    def layer(self, kind: str, given: dict[str, Any], path: Path) -> None:
        """A layer class and its constructor arguments."""
        found = self.known.get(kind)
        if found is None:
            self.unknown(kind, (*path, "layer"))
            return
        for name in found.required:
            if name not in given and not nearest(name, given.keys() - set(found.accepted)):
                self.report.add(path, f"{kind} needs the argument {name}")
        for name, value in given.items():
            self.argument(found, name, value, (*path, "with", name))
        if self.semantics in SEMANTICS or not self.semantics:
            for default in defaults(found.name, given, self.semantics):
                if not default.decided:
                    report_undecided(self.report, path, kind, default, self.semantics)

    def unknown(self, kind: str, path: Path) -> None:
        other = "keras2" if self.engine == "keras3" else "keras3"
        if kind in REFUSED:
            self.report.add(path, f"{kind} cannot stand in a recipe: {REFUSED[kind]}")
        elif kind in layers(other):
            which = "Keras 3" if other == "keras3" else "Keras 2"
            self.report.add(path, f"only {which} has the layer {kind}", found=self.semantics)
        else:
            near = nearest(kind, self.known)
            self.report.add(path, f"there is no layer {shown(kind, 60)}", nearest=near)

    def argument(self, layer: LayerArguments, name: str, value: Any, path: Path) -> None:
        """One constructor argument: its name, and that it is plain data or a layer."""
        if name not in layer.accepted:
            self.report.add(
                path,
                f"{layer.name} has no argument {shown(name, 60)}",
                nearest=nearest(name, layer.accepted),
            )
        elif name in HOLDERS:
            for where, what, near in tf1_layers.strangers(layer.name, name, value):
                self.report.add((*path, *where), what, nearest=near)
            self.inner(value, path)
        elif isinstance(value, dict):
            self.report.add(path, f"{name} must be a value or a list", found="a mapping")
        elif name in _FILES and isinstance(value, str):
            self.report.add(
                path, f"{name} cannot name a file", found=shown(value), expected="a list of words"
            )

    def inner(self, value: Any, path: Path) -> None:
        """A layer (or a list of cells) inside an argument."""
        if isinstance(value, list) and value and path[-1] in ("cell", *tf1_layers.LISTS):
            for i, item in enumerate(value):
                self.inner(item, (*path, i))
        elif is_model(value):
            for entry, at in zip(value["model"]["layers"], value["model"]["at"], strict=True):
                if is_layer(entry):
                    self.layer(entry["layer"], mapping(entry, "with"), at)
        elif isinstance(value, dict) and isinstance(value.get("block"), str):
            return  # no such block, which has been told
        elif not is_layer(value):
            self.report.add(
                path,
                "this argument must be a layer",
                found=shown(value),
                expected="{layer: LSTM, with: {units: 4}}",
            )
        else:
            for key in value.keys() - set(KEYS):
                near = nearest(key, KEYS)
                self.report.add((*path, key), f"unknown key {shown(key, 60)}", nearest=near)
            self.layer(value["layer"], mapping(value, "with"), path)

    def call(self, layer: LayerArguments, data: dict[str, Any], path: Path) -> None:
        """The call arguments of `from` and `call`."""
        for key in ("from", "call"):
            for name in mapping(data, key):
                at = (*path, key, name)
                if name == "training":
                    self.report.add(at, "training is always false in a recipe")
                elif layer.call and name not in (*layer.call, "mask"):
                    self.report.add(
                        at,
                        f"{layer.name} is not called with {shown(name, 60)}",
                        expected=f"one of {', '.join(n for n in layer.call if n != 'training')}",
                        nearest=nearest(name, layer.call),
                    )

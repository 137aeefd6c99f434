"""Other activation functions than the layer's own, and other slopes and axes of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfmigrate.engines.changes.base import Change, View, setting
from tfmigrate.engines.changes.functions import Function, called, table

# Keras 3 calls another function by the name of the one of Keras 1 and 2.
_OF_2, _OF_3, _SPELT = "hard_sigmoid", "relu6(x + 3) / 6", "minimum(maximum(0.2 * x + 0.5, 0), 1)"
_SLOPES = (0.01, 0.1, 0.2, 0.3)


def propose(view: View) -> Iterator[Change]:
    """Every activation but the layer's own; slopes and limits of the layers that are one."""
    if "activation" in view.config or (view.setting("activation") and not view.a("RNN")):
        yield from other(view, "activation", table())
    for key in ("alpha", "negative_slope"):
        if isinstance(view.config.get(key), float | int) and view.a("LeakyReLU"):
            for value in _SLOPES:
                yield from _set(view, "activation", key, value)
    if view.a("ReLU"):
        for limit in (6.0, None):
            yield from _set(view, "activation", "max_value", limit)
    if view.a("Softmax"):
        for axis in (-1, 1, 2, 3):
            yield from _set(view, "softmax axis", "axis", axis)


def other(view: View, key: str, functions: Mapping[str, Function]) -> Iterator[Change]:
    """Other functions for an argument that names one."""
    own = called(view.setting(key))
    same = _OF_3 if view.modern and own == _OF_2 else own
    for name, function in functions.items():
        if name != same:
            what = f"computes with {key} {name} instead of {own}"
            said = _SPELT if view.modern and name == _OF_2 else name
            plain = said.isidentifier()
            apply = view.line(**{key: said if plain else "own"})
            apply += "" if plain else f"; functions: {{own: {_of_x(said)}}}"
            kind = key.replace("_", " ")
            yield Change(kind, view.path, what, apply, config=setting(**{key: function}))


def _of_x(name: str) -> str:
    """An expression without commas that YAML would take for its own, or quoted."""
    return f'"{name}"' if "," in name else name


def _set(view: View, kind: str, key: str, value: object) -> Iterator[Change]:
    own = view.config.get(key)
    if key in view.config and own != value and own != [value]:
        what = f"computes with {key} {_short(value)} instead of {_short(own)}"
        apply = view.line(**{key: value})
        yield Change(kind, view.path, what, apply, config=setting(**{key: value}))


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)

"""Signatures as JSON, with every mistake and the place of it.

``{"serving_default": {"method": "predict", "inputs": {"x": {"dtype": "float32", "shape":
[null, 28]}}, "outputs": {...}}}``, or lists of objects with a ``key`` or ``name``, as results of
ours have them. A ``shape`` of null is any rank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tfmigrate.contract.model import COMPOSITE, DENSE, Endpoint, Tensor
from tfmigrate.errors import Problem, nearest, shown
from tfmigrate.sources import meta_graph, protos
from tfmigrate.tensors import Shape

_SIGNATURE = ("key", "method", "inputs", "outputs")
_TENSOR = ("name", "dtype", "shape", "kind")
_TYPES = tuple(protos.DTYPES.values())
_SPELT = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16"}
_ENUM = re.compile(r"DT_[A-Z0-9_]+")


def endpoints(said: Any, problems: list[Problem], path: str = "$.signatures") -> list[Endpoint]:
    """The signatures; mistakes go to ``problems``."""
    return [
        _endpoint(key, body, problems, where)
        for key, body, where in _named(said, "key", _SIGNATURE, problems, path)
    ]


def _endpoint(key: str, body: dict[str, Any], problems: list[Problem], path: str) -> Endpoint:
    method = body.get("method", "predict")
    if not isinstance(method, str) or not method:
        what = "the method is a text, as predict"
        problems.append(Problem(what, path=f"{path}.method", found=shown(repr(method))))
        method = "predict"
    sides = []
    for side in ("inputs", "outputs"):
        if side not in body:
            problems.append(Problem(f"it has no {side}", path=path))
        sides.append(_tensors(body.get(side, {}), problems, f"{path}.{side}"))
    return Endpoint(key, sides[0], sides[1], meta_graph.short_method(method))


def _tensors(said: Any, problems: list[Problem], path: str) -> tuple[Tensor, ...]:
    return tuple(
        _tensor(name, body, problems, where)
        for name, body, where in _named(said, "name", _TENSOR, problems, path)
    )


def _tensor(name: str, body: dict[str, Any], problems: list[Problem], path: str) -> Tensor:
    kind = body.get("kind", DENSE)
    if kind == COMPOSITE:
        return Tensor(name, "", None, COMPOSITE)
    if kind != DENSE:
        found = shown(repr(kind))
        problems.append(Problem("no kind of tensor", path=f"{path}.kind", found=found,
                                expected=f"{DENSE} or {COMPOSITE}"))  # fmt: skip
    if "shape" not in body:
        help = "[] is a scalar, null in it a free dimension, null in its place any rank"
        problems.append(Problem("it has no shape", path=path, help=help))
    shape = _shape(body.get("shape"), problems, f"{path}.shape")
    return Tensor(name, _dtype(body.get("dtype"), problems, f"{path}.dtype"), shape)


def _dtype(said: Any, problems: list[Problem], path: str) -> str:
    text = said if isinstance(said, str) else ""
    if _ENUM.fullmatch(text):
        text = _SPELT.get(text, text.removeprefix("DT_").lower())
    if text not in _TYPES:
        near = nearest(text, _TYPES)
        problems.append(Problem("no type", path=path, found=shown(repr(said)), nearest=near))
    return text


def _shape(said: Any, problems: list[Problem], path: str) -> Shape | None:
    if said is None:
        return None
    if isinstance(said, list) and all(_is_size(size) for size in said):
        return tuple(said)
    help = "a list of sizes, null where one is free: [null, 28, 28, 1]"
    problems.append(Problem("no shape", path=path, found=shown(repr(said)), help=help))
    return None


def _is_size(size: Any) -> bool:
    return size is None or (isinstance(size, int) and not isinstance(size, bool) and size >= 0)


def _named(
    said: Any, key: str, keys: tuple[str, ...], problems: list[Problem], path: str
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The objects of a mapping, or of a list of objects that say their name, each once."""
    seen: set[str] = set()
    for name, body, where in _items(said, key, problems, path):
        if not isinstance(body, dict):
            problems.append(Problem("not an object", path=where, found=shown(repr(body), 60)))
        elif not isinstance(name, str) or not name:
            problems.append(Problem(f"it has no {key}", path=where))
        elif name in seen:
            problems.append(Problem(f"two of them are called {shown(name)}", path=where))
        else:
            seen.add(name)
            problems += _unknown(body, keys, where)
            yield name, body, where


def _items(
    said: Any, key: str, problems: list[Problem], path: str
) -> Iterator[tuple[Any, Any, str]]:
    if isinstance(said, dict):
        yield from ((name, body, f"{path}.{shown(name)}") for name, body in said.items())
    elif isinstance(said, list):
        for i, body in enumerate(said):
            name = body.get(key) if isinstance(body, dict) else None
            yield name, body, f"{path}[{i}]"
    else:
        problems.append(Problem("neither a mapping nor a list", path=path))


def _unknown(body: dict[str, Any], keys: tuple[str, ...], path: str) -> Iterator[Problem]:
    for key in body:
        if key not in keys:
            near = nearest(key, keys)
            yield Problem("an unknown key", path=f"{path}.{shown(key)}", nearest=near)

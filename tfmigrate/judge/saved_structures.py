"""What TensorFlow's functions take and give, as a SavedModel writes it down.

Source: ``tensorflow/core/protobuf/struct.proto``; tensors stand in the order of ``tf.nest``, dicts
by their keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import NotSupported

_SPECS = ("tensor_spec_value", "bounded_tensor_spec_value")


def inputs(found: Any) -> list[Any]:
    """The tensors that a function takes: their specs.

    Raises:
        NotSupported: One is sparse, ragged or of another composite type.
    """
    return [leaf for _, leaf in _leaves(found, ())]


def outputs(found: Any) -> list[str]:
    """Names for what a function gives: the keys of a dict, else ``output_0`` and on.

    Raises:
        NotSupported: One is sparse, ragged or of another composite type.
    """
    return [_name(path) for path, _ in _leaves(found, ())]


def says_true(found: Any) -> bool:
    """Whether a function was traced with an argument that is true, as ``training`` is."""
    if found.HasField("bool_value"):
        return bool(found.bool_value)
    return any(says_true(inner) for _, inner in _children(found))


def _name(path: tuple[str, ...]) -> str:
    if not path:
        return "output_0"
    first = f"output_{path[0]}" if path[0].isdecimal() else path[0]
    return "_".join((first, *path[1:]))


def _leaves(found: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for kind in _SPECS:
        if found.HasField(kind):
            yield path, getattr(found, kind)
            return
    if found.HasField("type_spec_value"):
        raise NotSupported("it takes or gives a sparse, ragged or composite tensor")
    for key, inner in _children(found):
        yield from _leaves(inner, (*path, key))


def _children(found: Any) -> Iterator[tuple[str, Any]]:
    for kind in ("list_value", "tuple_value"):
        if found.HasField(kind):
            yield from ((str(i), v) for i, v in enumerate(getattr(found, kind).values))
    if found.HasField("dict_value"):
        yield from sorted(((f.key, f.value) for f in found.dict_value.fields), key=lambda f: f[0])
    if found.HasField("named_tuple_value"):
        yield from ((f.key, f.value) for f in found.named_tuple_value.values)

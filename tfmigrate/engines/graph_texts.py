"""What a graph says about the text that its inputs take: vocabularies, Examples, images, bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tfmigrate.graphs import outputs
from tfmigrate.graphs.nodes import Node, Tensor
from tfmigrate.graphs.prune import Pruned
from tfmigrate.lazy import load
from tfmigrate.tensors import Feature, Hint

Readers = Callable[[Tensor], Iterator[tuple[Node, Tensor]]]
_IMAGES = frozenset({"DecodeJpeg", "DecodePng", "DecodeImage", "DecodeBmp", "DecodeAndCropJpeg"})
_PARSERS = ("ParseExample", "ParseExampleV2")
_FIND = ("LookupTableFind", "LookupTableFindV2")
_MOST = 40
_NUMBERS = ("-1", "0.5", "3")
_BASE64 = ("YWxwaGE", "YmV0YQ", "emVicmE")
_STRANGE = ("zyzzyva", "")
_VARIABLE = 4  # the size of what may have any


def text(
    pruned: Pruned,
    tensor: Tensor,
    readers: Readers,
    tables: Mapping[str, Any],
    called: frozenset[str],
) -> Hint | None:
    """What a text input takes; None where the graph does not say.

    Args:
        pruned: The nodes.
        tensor: The input.
        readers: The nodes that take a tensor's values as they are.
        tables: Lookup tables by their nodes.
        called: The ops inside functions that the nodes call.
    """
    reading = list(readers(tensor))
    for node, taken in reading:
        if node.op in _PARSERS and node.inputs[0] == taken:
            found = tuple(_features(pruned, node, readers, tables))
            return Hint(kind="example", features=found)
        if node.op in _IMAGES:
            return Hint(kind="image")
        if node.op == "StringToNumber":
            return Hint(words=_NUMBERS)
        if node.op == "DecodeBase64":
            inner = text(pruned, (node.name, 0), readers, tables, called)
            return replace(inner, kind=f"{inner.kind}64") if inner and inner.kind else Hint(
                words=_BASE64
            )  # fmt: skip
        if node.op == "DecodeRaw" and (raw := _raw(pruned, node)):
            return Hint(kind="bytes", features=(raw,))
    known = _words(reading, tables)
    if known:
        return Hint(words=(*known, *_STRANGE))
    if any(n.op in ("While", "StatelessWhile", "Enter", "TensorListFromTensor",
                    "TensorArrayScatterV3") for n, _ in reading) and (
        _IMAGES & (called | {n.op for n in pruned.nodes.values()})
    ):  # fmt: skip
        return Hint(kind="image")
    return None


def numbers(readers: list[tuple[Node, Tensor]], tables: Mapping[str, Any]) -> tuple[str, ...]:
    """The whole numbers that are looked up in a table."""
    return _words(readers, tables)


def _words(reading: list[tuple[Node, Tensor]], tables: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of the tables that a value is looked up in."""
    for node, taken in reading:
        if node.op in _FIND and node.inputs[1] == taken and node.inputs[0][0] in tables:
            keys = tables[node.inputs[0][0]].export()[0].numpy().tolist()
            texts = [k.decode("utf-8", "replace") if isinstance(k, bytes) else str(k) for k in keys]
            return tuple(sorted(texts)[:_MOST])
    return ()


def _raw(pruned: Pruned, node: Node) -> Feature | None:
    """What bytes are taken for: numbers of a type, as many as they are brought into shape."""
    dtype = load("tensorflow").as_dtype(node.attrs["out_type"].type).name
    for other in pruned.nodes.values():
        if other.op == "Reshape" and other.inputs[0] == (node.name, 0):
            sizes = _constant(pruned, other.inputs[1])
            if sizes is not None and len(sizes) > 1 and all(s > 0 for s in sizes[1:]):
                return Feature("", dtype, (math.prod(int(s) for s in sizes[1:]),))
    return None


def _features(
    pruned: Pruned, node: Node, readers: Readers, tables: Mapping[str, Any]
) -> Iterator[Feature]:
    """The features that Examples are parsed for."""
    tf = load("tensorflow")
    sparse, dense, ragged = _keys(pruned, node)
    lists = ("sparse_types", "Tdense", "ragged_value_types")
    kinds = {
        key: [tf.as_dtype(t).name for t in node.attrs[key].list.type]
        for key in lists
        if key in node.attrs
    }

    def feature(
        name: str, dtype: str, sizes: tuple[int, ...] | None, output: str, i: int
    ) -> Feature:
        at = outputs.number(node.op, node.attrs, output, i)
        reading = list(readers((node.name, at)))
        words = _words(reading, tables)
        if dtype != "string":
            return Feature(name, dtype, sizes)
        return Feature(name, dtype, sizes, (*words, *_STRANGE) if words else ())

    for i, name in enumerate(sparse):
        yield feature(name, kinds["sparse_types"][i], None, "sparse_values", i)
    shapes = node.attrs["dense_shapes"].list.shape
    for i, name in enumerate(dense):
        sizes = tuple(int(d.size) if d.size > 0 else _VARIABLE for d in shapes[i].dim)
        yield feature(name, kinds["Tdense"][i], sizes, "dense_values", i)
    for i, name in enumerate(ragged):
        yield feature(name, kinds["ragged_value_types"][i], None, "ragged_values", i)


def _keys(pruned: Pruned, node: Node) -> tuple[list[str], list[str], list[str]]:
    """The names of sparse, dense and ragged features."""
    if node.op == "ParseExampleV2":
        found = [_strings(pruned, t) for t in node.inputs[2:5]]
        return found[0], found[1], found[2]
    count, dense = (int(node.attrs[key].i) for key in ("Nsparse", "Ndense"))
    names = [name for t in node.inputs[2 : 2 + count + dense] for name in _strings(pruned, t)]
    return names[:count], names[count:], []


def _strings(pruned: Pruned, tensor: Tensor) -> list[str]:
    found = _constant(pruned, tensor)
    return [] if found is None else [k.decode("utf-8", "replace") for k in found]


def _constant(pruned: Pruned, tensor: Tensor) -> list[Any] | None:
    """The values of a constant; None where it is none."""
    node = pruned.nodes.get(tensor[0])
    if node is None or node.op != "Const":
        return None
    found: list[Any] = (
        load("tensorflow").make_ndarray(node.attrs["value"].tensor).reshape(-1).tolist()
    )
    return found

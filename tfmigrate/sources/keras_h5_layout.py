"""How Keras files weights in an HDF5 file: by layer, in an order of its own.

Keras 1 to 3 list the layers in ``layer_names`` and each layer's weights in its ``weight_names``;
Keras 0 counts them (``nb_layers``, ``nb_params``). All lists are kept in file order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged, Problem, nearest, shown
from tfmigrate.results import LayerInfo
from tfmigrate.sources import h5_attributes
from tfmigrate.sources.h5_walls import Opened
from tfmigrate.tensors import TensorInfo

OPTIMIZER = "optimizer_weights"
TOP_LEVEL = "top_level_model_weights"
# Graph models of Keras 0 kept all weights in one group.
_GRAPH = "graph"


@dataclass(frozen=True)
class Layout:
    """The layers of a file and their tensors, in file order.

    Attributes:
        layers: Every layer, also those without weights.
        tensors: Every tensor, the optimizer's at the end.
        unlisted: Datasets that no list of names mentions, so that no Keras ever reads them.
    """

    layers: tuple[LayerInfo, ...]
    tensors: tuple[TensorInfo, ...]
    unlisted: tuple[str, ...] = ()


def home(h5: Opened) -> str:
    """The path of the group that holds the layers: ``model_weights`` or "" for the root."""
    return "model_weights" if h5.group("model_weights") is not None else ""


def is_counted(h5: Opened) -> bool:
    """Whether Keras 0 wrote it: a count of layers, or the one group of a Graph model."""
    if h5_attributes.has(h5.file, "nb_layers", h5.where):
        return True
    graph = h5.group(_GRAPH)
    return graph is not None and h5_attributes.has(graph, "nb_params", h5.where)


def read(h5: Opened, classes: dict[str, str]) -> Layout:
    """The layout of a file; ``classes`` says which class each layer has.

    Raises:
        Damaged: Names occur twice, or datasets that are listed do not exist (all are named).
    """
    base = home(h5)
    start = h5.group(base) if base else h5.file
    listed = _numbered(h5, start) if is_counted(h5) else _named(h5, start, base)
    problems = _missing(h5, listed, base) + _repeated(listed)
    if problems:
        raise Damaged(
            f"its lists of weights do not fit what it holds ({len(problems)} problems)",
            problems, where=h5.where, help="the file was cut or edited; save the weights again",
        )  # fmt: skip
    layers, tensors = [], []
    for group, keys in listed:
        named = tuple(_joined(group, key) for key in keys)
        if group != TOP_LEVEL or named:
            layers.append(LayerInfo(group, classes.get(group, ""), named))
        tensors += [
            _tensor(h5, base, group, key, name) for key, name in zip(keys, named, strict=True)
        ]
    known = {_joined(base, t.name) for t in tensors}
    optimizer = _optimizer(h5) if base else ()
    rest = [p for p in h5.datasets if p not in known and not _inside(p, OPTIMIZER, bool(base))]
    return Layout(tuple(layers), (*tensors, *optimizer), tuple(rest))


def dataset_path(h5: Opened, name: str, training: str) -> str:
    """The path in the file of the tensor that :func:`read` named."""
    return name if training else _joined(home(h5), name)


def _named(h5: Opened, start: Any, base: str) -> list[tuple[str, list[str]]]:
    found = []
    groups = h5_attributes.names(start, "layer_names", h5.where)
    if groups is None:
        raise Damaged(
            "it has no list of layers (the attribute layer_names)", where=h5.where,
            help="the file was cut or edited; save the model again",
        )  # fmt: skip
    if h5.group(_joined(base, TOP_LEVEL)) is not None and TOP_LEVEL not in groups:
        groups.append(TOP_LEVEL)
    for name in groups:
        group = h5.group(_joined(base, name))
        if group is None:
            raise Damaged(
                f"the layer {shown(name)!r} is listed, but the file has no group for it",
                where=h5.where, help="the file was cut or edited; save the weights again",
            )  # fmt: skip
        found.append((name, h5_attributes.names(group, "weight_names", h5.where) or []))
    return found


def _numbered(h5: Opened, start: Any) -> list[tuple[str, list[str]]]:
    count = h5_attributes.number(start, "nb_layers", h5.where) or 0
    graph = [_GRAPH] if h5.group(_GRAPH) is not None else []
    found = []
    for name in graph or [f"layer_{index}" for index in range(count)]:
        group = h5.group(name)
        if group is None:
            raise Damaged(f"it counts {count} layers, but has no group {name}", where=h5.where)
        params = h5_attributes.number(group, "nb_params", h5.where) or 0
        found.append((name, [f"param_{k}" for k in range(min(params, len(h5.datasets) + 1))]))
    return found


def _missing(h5: Opened, listed: list[tuple[str, list[str]]], base: str) -> list[Problem]:
    gone = [
        (group, key)
        for group, keys in listed
        for key in keys
        if _joined(base, group, key) not in h5.datasets
    ]
    return [
        Problem(
            f"the weight {shown(key)!r} is listed, but its dataset is not there",
            where=shown(group),
            nearest=tuple(shown(n) for n in nearest(_joined(base, group, key), h5.datasets)),
        )
        for group, key in gone
    ]


def _repeated(listed: list[tuple[str, list[str]]]) -> list[Problem]:
    seen: set[str] = set()
    found = []
    for group, keys in listed:
        for name in [f"layer {group}", *(_joined(group, key) for key in keys)]:
            if name in seen:
                found.append(Problem(f"{shown(name)!r} is listed twice", where=shown(group)))
            seen.add(name)
    return found


def _tensor(h5: Opened, base: str, group: str, key: str, name: str) -> TensorInfo:
    dataset = h5.datasets[_joined(base, name)]
    return TensorInfo(name, dataset.shape, dataset.dtype, group=group, key=key)


def _optimizer(h5: Opened) -> tuple[TensorInfo, ...]:
    return tuple(
        TensorInfo(path, d.shape, d.dtype, group=OPTIMIZER, training="optimizer state",
                   key=path[len(OPTIMIZER) + 1 :])
        for path, d in h5.datasets.items()
        if _inside(path, OPTIMIZER, True)
    )  # fmt: skip


def _inside(path: str, group: str, whole_model: bool) -> bool:
    return whole_model and path.startswith(f"{group}/")


def _joined(*parts: str) -> str:
    # HDF5 reads a//b as a/b.
    return re.sub("/+", "/", "/".join(p for p in parts if p))

"""How Keras 3 (and tf.keras from 2.12) files variables: ``<path of attributes>/vars/<index>``.

The index is part of the format, so it counts as a name. Newer Keras 3 also store each layer's own
name, as an attribute of its ``vars``.
"""

from __future__ import annotations

import re
from typing import Any

from tfmigrate.errors import Damaged, shown
from tfmigrate.results import LayerInfo
from tfmigrate.sources import h5_attributes, h5_datasets, h5_walls
from tfmigrate.sources.base import Values
from tfmigrate.sources.h5_walls import Opened
from tfmigrate.tensors import TensorInfo

# Top-level names of what is kept for further training.
_TRAINING = {
    "optimizer": "optimizer state", "metrics": "metric state", "_metrics": "metric state",
    "compile_metrics": "metric state", "loss": "loss state",
}  # fmt: skip


def is_one(h5: Opened) -> bool:
    """Whether an HDF5 file has this layout: groups called ``vars`` that hold counted datasets."""
    others = ("layer_names", "layer_names0", "nb_layers", "model_config")
    if any(h5_attributes.has(h5.file, name, h5.where) for name in others):
        return False
    return any(p == "vars" or p.endswith("/vars") for p in h5.links)


def read(
    h5: Opened, classes: dict[str, str]
) -> tuple[tuple[TensorInfo, ...], tuple[LayerInfo, ...]]:
    """The tensors, and the layers they belong to, in counting order.

    Args:
        h5: The file.
        classes: The class of each layer name, from the config; may be empty.

    Raises:
        Damaged: The indices of a layer do not count up from 0.
    """
    by_group: dict[str, list[TensorInfo]] = {p: [] for p in h5.links if _is_vars(p)}
    for path in sorted(h5.datasets, key=_counting):
        group, _, index = path.rpartition("/")
        if _is_vars(group) and index.isdigit():
            by_group[group].append(_tensor(h5, path, group))
    for group, tensors in by_group.items():
        if [t.name for t in tensors] != [f"{group}/{k}" for k in range(len(tensors))]:
            found = ", ".join(t.name for t in tensors)
            raise Damaged(
                f"the variables of {shown(group)} do not count up from 0: {shown(found)}",
                where=h5.where, help="the file was cut or edited; save it again",
            )  # fmt: skip
    order = sorted(by_group, key=_counting)
    named = [g for g in order if not _training(g) and (_owner(g) or by_group[g])]
    layers = tuple(_layer(h5, g, by_group[g], classes) for g in named)
    return tuple(t for g in order for t in by_group[g]), layers


def unlisted(h5: Opened, tensors: tuple[TensorInfo, ...]) -> tuple[str, ...]:
    """Datasets that are no counted variables: a layer's own kind of state (quantisation, text)."""
    known = {t.name for t in tensors}
    return tuple(p for p in h5.datasets if p not in known)


def reader(h5: Opened) -> Values:
    """A function from tensor name to its values, read-only."""

    def read_one(name: str) -> Any:
        if name not in h5.datasets:
            raise Damaged(f"the dataset {shown(name)!r} is gone", where=h5.where,
                          help="the file changed while it was read; start again")  # fmt: skip
        return h5_datasets.read(h5.file, h5.datasets[name], h5.path, h5.base, h5.where)

    return read_one


def _layer(
    h5: h5_walls.Opened, group: str, tensors: list[TensorInfo], classes: dict[str, str]
) -> LayerInfo:
    name = h5_attributes.text(h5.group(group), "name", h5.where) or ""
    return LayerInfo(_owner(group), classes.get(name, ""), tuple(t.name for t in tensors))


def _tensor(h5: Opened, path: str, group: str) -> TensorInfo:
    dataset = h5.datasets[path]
    return TensorInfo(path, dataset.shape, dataset.dtype, group=_owner(group),
                      training=_training(group), key=path[len(group) - len("vars") :])  # fmt: skip


def _training(group: str) -> str:
    if "seed_generator" in group.split("/"):
        return "random seed state"
    return _TRAINING.get(group.split("/")[0], "")


def _is_vars(path: str) -> bool:
    return path == "vars" or path.endswith("/vars")


def _owner(group: str) -> str:
    return group[: -len("vars")].rstrip("/")


def _counting(path: str) -> list[tuple[str, int]]:
    # dense, dense_1, dense_2, dense_10: the order in which Keras made the names.
    parts = [re.fullmatch(r"(.*?)_?(\d*)", part) for part in path.split("/")]
    return [(p[1], int(p[2] or -1)) if p is not None else ("", -1) for p in parts]

"""Keras's first file format: HDF5 with a list of layers, from Keras 0.3 to 3.x."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import Damaged, shown
from tfmigrate.results import Source
from tfmigrate.sources import (
    beside,
    config,
    h5_attributes,
    h5_datasets,
    h5_header,
    h5_walls,
    hazards,
    keras_h5_layout,
    strict_json,
    writers,
)  # fmt: skip
from tfmigrate.sources.base import Values
from tfmigrate.sources.h5_walls import Opened

KINDS = {
    "keras-h5": "Keras H5, whole model",
    "keras3-h5": "Keras 3 H5, whole model",
    "keras-h5-weights": "Keras H5, weights only",
    "keras-0-h5": "Keras 0 H5, weights only",
}


def identify(path: pathlib.Path) -> str | None:
    """The variant, from the attributes at the root; the verbs are those of ``base.Format``."""
    if h5_header.start(path) is None:
        return None
    with h5_walls.opened(path) as h5:
        if h5_attributes.has(h5.file, "model_config", h5.where):
            version = _attribute(h5, "keras_version") or ""
            return "keras3-h5" if writers.numbers(version)[0] >= 3 else "keras-h5"
        if keras_h5_layout.is_counted(h5):
            return "keras-0-h5"
        start = h5.group("model_weights") or h5.file
        lists = ("layer_names", "layer_names0")
        listed = any(h5_attributes.has(start, name, h5.where) for name in lists)
        return "keras-h5-weights" if listed else None


def describe(path: pathlib.Path, kind: str) -> Source:
    """What the file holds; nothing in it is executed, and no values are read."""
    with h5_walls.opened(path) as h5:
        version, backend = _attribute(h5, "keras_version"), _attribute(h5, "backend")
        writer = writers.keras(version, backend)
        architecture = _architecture(h5)
        layout = keras_h5_layout.read(h5, _classes(architecture))
        compiled = h5_attributes.has(h5.file, "training_config", h5.where)
    hard = hazards.find(architecture, writer, layout.tensors)
    return Source(
        str(path), kind, KINDS[kind], (str(path),), path.stat().st_size, writer,
        layout.tensors, layout.layers, architecture, (), hard,
        _notes(layout, compiled, writer.version),
        beside.command(path, hard, needs_recipe=architecture is None),
    )  # fmt: skip


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """A function from tensor name to its values, read-only, one at a time."""
    path = pathlib.Path(source.path)
    training = {t.name: t.training for t in source.tensors}
    with h5_walls.opened(path) as h5:

        def read(name: str) -> Any:
            place = keras_h5_layout.dataset_path(h5, name, training[name])
            if place not in h5.datasets:
                raise Damaged(f"the dataset {shown(place)!r} is gone", where=h5.where,
                              help="the file changed while it was read; start again")  # fmt: skip
            return h5_datasets.read(h5.file, h5.datasets[place], path, 0, h5.where)

        yield read


def _attribute(h5: Opened, name: str) -> str | None:
    found = h5_attributes.text(h5.file, name, h5.where)
    group = h5.group("model_weights")
    if found is None and group is not None:
        found = h5_attributes.text(group, name, h5.where)
    return found


def _architecture(h5: Opened) -> dict[str, Any] | None:
    text = h5_attributes.text(h5.file, "model_config", h5.where)
    if text is None:
        return None
    where = f"model_config of {h5.where}"
    found = strict_json.parse_object(text, where)
    if not config.is_object(found) or not isinstance(found.get("config"), dict | list):
        raise Damaged("it is not the config of a model: class_name or config is missing",
                      where=where, help="save the model again")  # fmt: skip
    return found


def _classes(architecture: dict[str, Any] | None) -> dict[str, str]:
    if architecture is None:
        return {}
    # Keras 1 lists the layers of a merged branch at the top, so inner names serve as well.
    inner = {layer.name: layer.class_name for layer in config.layers(architecture) if layer.path}
    return inner | {layer.name: layer.class_name for layer in config.top_level(architecture)}


def _notes(layout: keras_h5_layout.Layout, compiled: bool, version: str) -> tuple[str, ...]:
    notes = []
    if compiled:
        notes.append("compiled: optimizer, loss and metrics are in the file; they are not used")
    if layout.unlisted:
        few = ", ".join(shown(name, 60) for name in layout.unlisted[:5])
        notes.append(f"{len(layout.unlisted)} datasets belong to no layer and are not used: {few}")
    if not version:
        notes.append("the file does not say which Keras wrote it")
    notes.append("HDF5 has no checksums: damage inside the weights cannot be seen in the file")
    return tuple(notes)

"""``.keras`` archives of Keras 3 and of tf.keras 2.12 to 2.15, whatever they are called."""

from __future__ import annotations

import contextlib
import pathlib
import zipfile
from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import Damaged, NotSupported, shown
from tfmigrate.results import Source, Writer
from tfmigrate.sources import (
    beside,
    config,
    h5_walls,
    hazards,
    keras_v3_layout,
    strict_json,
    vocabularies,
    writers,
    zip_walls,
)  # fmt: skip
from tfmigrate.sources.base import Values

KINDS = {
    "keras-zip": "Keras 3 archive (.keras)",
    "keras-zip-tfkeras": "tf.keras archive (.keras)",
}

_CONFIG, _METADATA = "config.json", "metadata.json"
_WEIGHTS, _WEIGHTS_NPZ = "model.weights.h5", "model.weights.npz"


def identify(path: pathlib.Path) -> str | None:
    """The variant, from the archive's members; the verbs are those of ``base.Format``."""
    with path.open("rb") as file:
        if file.read(4) != zip_walls.MAGIC:
            return None
    with zip_walls.opened(path) as archive:
        names = set(archive.namelist())
        if _CONFIG not in names or not {_METADATA, _WEIGHTS, _WEIGHTS_NPZ} & names:
            return None
        architecture, writer = _architecture(archive, str(path)), _writer(archive, str(path))
    return "keras-zip-tfkeras" if _is_tf_keras(writer, architecture) else "keras-zip"


def describe(path: pathlib.Path, kind: str) -> Source:
    """What the archive holds; nothing is unpacked, and nothing in it is executed."""
    with zip_walls.opened(path) as archive:
        architecture = _architecture(archive, str(path))
        writer = _writer(archive, str(path))
        if not writer.version:
            writer = Writer("tf.keras" if kind == "keras-zip-tfkeras" else "Keras", "", "")
        stated = vocabularies.names(archive)
        with _weights(archive, path) as h5:
            tensors, layers = keras_v3_layout.read(h5, _classes(architecture))
            rest = vocabularies.without_idf(keras_v3_layout.unlisted(h5, tensors), stated)
    hard = hazards.find(architecture, _dated(writer, kind), tensors)
    if stated:  # which layer each belongs to is found when the model is rebuilt
        carried = ["vocabulary-elsewhere"]
        carried += ["idf-elsewhere"] if kind == "keras-zip" else []  # tf.keras sizes them later
        hard = tuple(h for h in hard if h.code not in carried)
    notes = [f"it carries vocabularies, of {shown(', '.join(stated), 300)}"] if stated else []
    if path.suffix != ".keras":
        notes.append(f"it is a .keras archive (a zip), although it is called {shown(path.name)}")
    if not writer.version:
        notes.append("metadata.json is missing: the file does not say which Keras wrote it")
    if rest:
        notes.append(f"{len(rest)} datasets are no counted variables: {', '.join(rest[:5])}")
    if architecture.get("compile_config"):
        notes.append("compiled: optimizer, loss and metrics are in the file; they are not used")
    return Source(
        str(path), kind, KINDS[kind], (str(path),), path.stat().st_size, writer, tensors, layers,
        architecture, (), hard, tuple(notes), beside.command(path, hard),
    )  # fmt: skip


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """A function from tensor name to its values, read-only, one at a time."""
    path = pathlib.Path(source.path)
    with zip_walls.opened(path) as archive, _weights(archive, path) as h5:
        yield keras_v3_layout.reader(h5)


def read_vocabularies(source: Source) -> dict[str, vocabularies.Vocabulary]:
    """The vocabularies of an archive, by the path of attributes of the layer that has each.

    Raises:
        Damaged: One of them is no UTF-8 text.
    """
    path = pathlib.Path(source.path)
    with zip_walls.opened(path) as archive, _weights(archive, path) as h5:
        read, found = keras_v3_layout.reader(h5), {}
        for place, member in vocabularies.names(archive).items():
            idf = f"{place}/{vocabularies.IDF}"
            tokens = vocabularies.read(archive, member, source.path)
            found[place] = (tokens, read(idf) if idf in h5.datasets else None)
    return found


def _architecture(archive: zipfile.ZipFile, where: str) -> dict[str, Any]:
    text = zip_walls.read(archive, _CONFIG, strict_json.SIZE_LIMIT, where)
    found = strict_json.parse_object(text, f"{_CONFIG} of {where}")
    if not config.is_object(found) or not isinstance(found.get("config"), dict):
        raise Damaged("it is not the config of a model: class_name or config is missing",
                      where=f"{_CONFIG} of {where}", help="save the model again")  # fmt: skip
    return found


def _writer(archive: zipfile.ZipFile, where: str) -> Writer:
    if _METADATA not in archive.namelist():
        return Writer()
    text = zip_walls.read(archive, _METADATA, 2**20, where)
    version = strict_json.parse_object(text, f"{_METADATA} of {where}").get("keras_version")
    return writers.keras(version if isinstance(version, str) else None, None)


def _is_tf_keras(writer: Writer, architecture: dict[str, Any]) -> bool:
    if writer.version:
        return writers.numbers(writer.version)[0] == 2
    # keras.src.engine was renamed to keras.src.models in Keras 3.
    modules = [str(layer.entry.get("module") or "") for layer in config.layers(architecture)]
    return any(m.startswith("tf_keras") or ".engine" in m for m in modules)


def _dated(writer: Writer, kind: str) -> Writer:
    # An archive without metadata still shows by its modules which Keras's layers it uses.
    if writer.version:
        return writer
    return Writer(writer.name, "2.15" if kind == "keras-zip-tfkeras" else "3", "")


@contextlib.contextmanager
def _weights(archive: zipfile.ZipFile, path: pathlib.Path) -> Iterator[h5_walls.Opened]:
    names = archive.namelist()
    where = f"{_WEIGHTS} of {path}"
    if _WEIGHTS not in names and _WEIGHTS_NPZ in names:
        raise NotSupported(
            f"its weights are in {_WEIGHTS_NPZ}, which Keras fills with pickled Python objects: "
            "reading them would run what they say", where=str(path),
            help="load it with its own Keras, install h5py there, and save it again",
        )  # fmt: skip
    if _WEIGHTS not in names:
        raise Damaged(f"the archive has no {_WEIGHTS}", where=str(path),
                      help="copy it again from where it was made")  # fmt: skip
    stream, start = zip_walls.member(archive, _WEIGHTS, path)
    with (
        stream,
        h5_walls.opened_stream(
            stream, where, path if start is not None else None, start or 0
        ) as h5,
    ):
        yield h5


def _classes(architecture: dict[str, Any]) -> dict[str, str]:
    return {layer.name: layer.class_name for layer in config.layers(architecture) if layer.path}

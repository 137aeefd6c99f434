"""SavedModel folders of every era: TF1, Keras 2, Keras 3, plain TF2. Parsed, never loaded."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged, NotRecognised, NotSupported, shown
from tfmigrate.graphs import saved
from tfmigrate.results import Hazard, Source, Writer
from tfmigrate.sources import bundle, graph_ops, meta_graph, object_graph, protos, stored_tensors
from tfmigrate.sources.wire import AGAIN
from tfmigrate.tensors import TensorInfo

if TYPE_CHECKING:
    from tfmigrate.sources.base import Values

KINDS = {
    "savedmodel-tf1": "SavedModel of TF1",
    "savedmodel-keras2": "SavedModel of Keras 2",
    "savedmodel-keras3": "SavedModel of Keras 3",
    "savedmodel-tf2": "SavedModel of TF2, without Keras",
}
_BINARY, _TEXT = "saved_model.pb", "saved_model.pbtxt"
FILES = (_BINARY, _TEXT)
_METADATA = "keras_metadata.pb"
_CERTIFICATE = Path("assets.extra", "tfmigrate", "certificate.json")
_MAX_BINARY, _MAX_TEXT = 2 << 30, 64 << 20
_KERAS_VERSION = re.compile(r'"keras_version":\s*"([^"]{1,40})"')
# What the exporters leave at the root, and what only Keras layers have.
_EXPORTED = {"_all_variables", "_misc_assets"}
_EXPORTED_KERAS2 = "_endpoint_signatures"
_KERAS3 = "_operations"
_KERAS2 = "keras_api"


@dataclass(frozen=True)
class Opened:
    """A SavedModel that has been read.

    Attributes:
        path: Its file.
        model: The message.
        meta: The MetaGraphDef that is meant.
        objects: The object graph beside its variables, None without one.
        variables: Where these are, None without any.
    """

    path: Path
    model: Any
    meta: Any
    objects: object_graph.Graph | None
    variables: bundle.Bundle | None

    def same(self, one: str, other: str) -> bool:
        """Whether two tensors are stored with the same bytes."""
        if self.variables is None:
            return False
        entries = [self.variables.entries[key] for key in (one, other)]
        if len({(e.shape, e.dtype) for e in entries}) > 1:
            return False
        return bundle.sha256(self.variables, one) == bundle.sha256(self.variables, other)


def opened(path: Path, tags: Sequence[str] = ()) -> Opened:
    """A SavedModel, and the graph in it that is meant.

    Raises:
        NotRecognised: There is none.
        UsageProblem: No graph has these tags.
        NotSupported: Nobody says which of several graphs is meant, or it is too large.
        Damaged: It cannot be parsed.
    """
    folder = _folder(path)
    if folder is None:
        raise NotRecognised("no SavedModel", where=str(path))
    model = _read(folder)
    meta = saved.chosen(model, tags, str(path))
    stored = _variables(folder, meta)
    objects = stored_tensors.graph_of(stored) if stored is not None else None
    return Opened(_file(folder).absolute(), model, meta, objects, stored)


def identify(path: Path) -> str | None:
    """The exact variant of a SavedModel; None where a path is none.

    Raises:
        Damaged: It is one that cannot be parsed.
        NotSupported: It is larger than the limits.
    """
    folder = _folder(path)
    return _kind(folder, serving(_read(folder))) if folder else None


def describe(path: Path, kind: str) -> Source:
    """What is in a SavedModel: writer, signatures, variables, ops that need care.

    Raises:
        NotRecognised: There is no SavedModel.
        Damaged: It cannot be parsed, or its variables are incomplete.
        NotSupported: It is larger than the limits.
    """
    folder = _folder(path)
    if folder is None:
        raise NotRecognised("no SavedModel", where=str(path))
    model = _read(folder)
    meta = serving(model)
    opened = _variables(folder, meta)
    tensors, hazards = _tensors(opened)
    notes: list[str] = []
    signatures = meta_graph.signatures(meta, notes)
    files = tuple(p for p in sorted(folder.rglob("*")) if p.is_file())
    return Source(
        path=str(path),
        kind=kind,
        title=KINDS[kind],
        files=tuple(str(file) for file in files),
        size=sum(file.stat().st_size for file in files),
        writer=_writer(folder, meta, kind),
        tensors=tensors,
        signatures=signatures,
        hazards=hazards + _graph_hazards(meta.graph_def),
        notes=(*_said(model, meta, folder), *notes),
        next_command=_next(folder),
    )


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """A function from tensor name to its values, one at a time, mapped from the data files.

    Raises:
        Damaged: The variables are incomplete.
        NotRecognised: There is no SavedModel any more, or it has no variables.
    """
    folder = _folder(Path(source.path))
    prefix = folder / "variables" / "variables" if folder else None
    if prefix is None or not bundle.index_of(prefix).is_file():
        raise NotRecognised("no SavedModel with variables", where=source.path)
    opened = bundle.open_bundle(prefix)
    keys = {tensor.name: tensor.key or tensor.name for tensor in source.tensors}
    yield lambda name: bundle.values(opened, keys[name])


def _next(folder: Path) -> str:
    if (folder / _CERTIFICATE).is_file():
        return f"tfmigrate verify {shlex.quote(str(folder))}"
    return f"tfmigrate savedmodel-to-savedmodel {shlex.quote(str(folder))} OUTPUT"


def _folder(path: Path) -> Path | None:
    folder = path.parent if path.name in (_BINARY, _TEXT) and path.is_file() else path
    return folder if any((folder / name).is_file() for name in (_BINARY, _TEXT)) else None


def _file(folder: Path) -> Path:
    binary = folder / _BINARY
    return binary if binary.is_file() else folder / _TEXT


def _read(folder: Path) -> Any:
    path = _file(folder)
    limit = _MAX_BINARY if path.name == _BINARY else _MAX_TEXT
    size = path.stat().st_size
    if size > limit:
        raise NotSupported(f"{size} bytes; the limit is {limit}", where=str(path))
    if path.name == _BINARY:
        model = protos.parse("SavedModel", path.read_bytes(), str(path))
    else:
        text = path.read_text("utf-8", errors="replace")
        model = protos.parse_text("SavedModel", text, str(path))
    if not model.meta_graphs:
        raise Damaged(f"no graph in its {size} bytes", where=str(path), help=AGAIN)
    return model


def graph_of(path: Path) -> Any:
    """The MetaGraphDef of a SavedModel that serves; None where there is no SavedModel.

    Raises:
        Damaged: It cannot be parsed.
        NotSupported: It is larger than the limits.
    """
    folder = _folder(path)
    return serving(_read(folder)) if folder else None


def serving(model: Any) -> Any:
    """The MetaGraphDef that serves; the first where nobody says which."""
    try:
        return saved.chosen(model)
    except NotSupported:
        return model.meta_graphs[0]


def _kind(folder: Path, meta: Any) -> str:
    nodes = meta.object_graph_def.nodes
    if not nodes:
        return "savedmodel-tf1"
    root = {child.local_name for child in nodes[0].children}
    names = {child.local_name for node in nodes for child in node.children}
    keras2 = any(node.user_object.identifier.startswith("_tf_keras_") for node in nodes)
    if keras2 or _KERAS2 in names or (folder / _METADATA).is_file() or _EXPORTED_KERAS2 in root:
        return "savedmodel-keras2"
    return "savedmodel-keras3" if _KERAS3 in names or root >= _EXPORTED else "savedmodel-tf2"


def _writer(folder: Path, meta: Any, kind: str) -> Writer:
    if kind == "savedmodel-keras3":
        return Writer("Keras", "3", "tensorflow")
    if kind != "savedmodel-keras2":
        return Writer("TensorFlow", meta_graph.tensorflow(meta))
    texts = [node.user_object.metadata for node in meta.object_graph_def.nodes]
    metadata = folder / _METADATA
    if metadata.is_file() and metadata.stat().st_size <= _MAX_TEXT:
        found = protos.parse("KerasMetadata", metadata.read_bytes(), str(metadata))
        texts += [node.metadata for node in found.nodes]
    versions = (m[1] for text in texts if (m := _KERAS_VERSION.search(text)))
    return Writer("tf.keras", next(versions, ""), "tensorflow")


def _variables(folder: Path, meta: Any) -> bundle.Bundle | None:
    prefix = folder / "variables" / "variables"
    if bundle.index_of(prefix).is_file():
        return bundle.open_bundle(prefix)
    expected = [n.variable for n in meta.object_graph_def.nodes if n.HasField("variable")]
    count = len(expected) or len(graph_ops.outline(meta.graph_def).variables)
    if count:
        raise Damaged(
            f"the graph has {count} variables, and their values are missing",
            where=str(bundle.index_of(prefix)),
            help="copy the SavedModel again, with its variables folder",
        )
    return None


def _tensors(
    opened: bundle.Bundle | None,
) -> tuple[tuple[TensorInfo, ...], tuple[Hazard, ...]]:
    if opened is None:
        return (), ()
    graph = stored_tensors.graph_of(opened)
    if graph is not None and len(opened.entries) == 1:
        return (), ()  # a model may have no variable
    if graph is not None:
        return stored_tensors.by_object(opened, graph)
    return stored_tensors.by_name(opened.entries)


def _graph_hazards(graph: Any) -> tuple[Hazard, ...]:
    inputs = graph_ops.outline(graph).inputs
    return graph_ops.hazards(graph) + graph_ops.training_placeholders(inputs)


def _said(model: Any, meta: Any, folder: Path) -> list[str]:
    notes = [f"{len(meta.graph_def.node)} nodes, {len(meta.graph_def.library.function)} functions"]
    if meta_graph.tensorflow(meta):
        notes.append(f"written with TensorFlow {shown(meta_graph.tensorflow(meta))}")
    if len(model.meta_graphs) > 1:
        tags = [", ".join(m.meta_info_def.tags) or "no tag" for m in model.meta_graphs]
        notes.append(f"{len(tags)} graphs: {shown('; '.join(tags))}")
    if (folder / "assets" / "saved_model.json").is_file():
        notes.append("the Keras config lies in assets/saved_model.json")
    return notes

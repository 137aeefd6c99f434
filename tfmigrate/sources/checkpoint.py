"""Checkpoints of every kind: TF1 V1 and V2, object-based ones, Keras weights in TF format."""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tfmigrate.errors import Damaged, NotRecognised, NotSupported
from tfmigrate.results import Source, Writer
from tfmigrate.sources import bundle, bundle_v1, object_graph, protos, stored_tensors
from tfmigrate.sources.checkpoint_files import Located, locate

if TYPE_CHECKING:
    from tfmigrate.sources.base import Array, Values

V1 = "tf1-checkpoint-v1"
KINDS = {
    V1: "TF1 checkpoint, format V1",
    "tf1-checkpoint-v2": "TF1 checkpoint, format V2 (tf.train.Saver)",
    "tf2-checkpoint": "TF2 object-based checkpoint (tf.train.Checkpoint)",
    "keras-tf-weights": "Keras weights in TensorFlow format (save_weights)",
}
_LAYER = re.compile(r"layer(_with_weights)?-\d+")
_PATTERN = re.compile(r"[*?\[\\]")
# What tensorflow/core/util/tensor_bundle's reader puts together from slices.
_SLICED = {"float32", "float64", "int32", "uint8", "int16", "int8", "complex64", "complex128",
           "int64", "bool", "qint32", "quint8", "qint8", "bfloat16"}  # fmt: skip
_MAX_META = 64 << 20  # bytes of a .meta that is read for the writer's version alone


def identify(path: Path) -> str | None:
    """The exact variant of the checkpoint that ``path`` means; None where it means none.

    Raises:
        Damaged: It means a checkpoint that is damaged, or of which files are missing.
        NotSupported: A folder holds several, and nothing says which.
    """
    found = locate(path)
    if found is None:
        return None
    return V1 if found.v1 else _kind(bundle.open_bundle(found.prefix))


def describe(path: Path, kind: str) -> Source:
    """What is in a checkpoint: every tensor, under a readable name.

    Raises:
        Damaged: It is cut or inconsistent, or a file is missing.
        NotSupported: A newer TensorFlow wrote it, or it is beyond the limits.
        UnsafeContent: A data file is a link to somewhere else.
    """
    found = _located(path)
    if found.v1:
        opened_v1 = bundle_v1.open_v1(found.prefix)
        return _describe_names(_source(path, kind, opened_v1.files), found, opened_v1.tensors)
    opened = bundle.open_bundle(found.prefix)
    base, graph = _source(path, kind, opened.files), stored_tensors.graph_of(opened)
    if graph is None:
        return _describe_names(base, found, opened.entries, partial(bundle.sha256, opened))
    return _describe_objects(base, found, opened, graph)


@contextlib.contextmanager
def values(source: Source) -> Iterator[Values]:
    """A function from tensor name to its values, one at a time, their checksums verified.

    Raises:
        NotSupported: The checkpoint is of format V1; TensorFlow's own reader reads those.
    """
    found = _located(Path(source.path))
    if found.v1:
        raise NotSupported("values of a V1 checkpoint are read by TensorFlow", where=source.path)
    opened = bundle.open_bundle(found.prefix)
    keys = {tensor.name: tensor.key or tensor.name for tensor in source.tensors}

    def read(name: str) -> Array:
        bundle.check(opened, keys[name])
        return bundle.values(opened, keys[name])

    yield read


def beyond_tensorflow(source: Source) -> set[str]:
    """The tensors of a V2 checkpoint that TensorFlow's own reader does not hand out.

    It puts no slices of half or unsigned numbers together (2.21: ``Dtype half not supported``), and
    takes ``*``, ``?`` and ``[`` in a path for a pattern that it then does not open.
    """
    opened = bundle.open_bundle(prefix_of(Path(source.path)))
    if _PATTERN.search(str(opened.prefix)):
        return {tensor.name for tensor in source.tensors}
    sliced = {key for key, entry in opened.entries.items() if entry.parts}
    return {
        tensor.name
        for tensor in source.tensors
        if tensor.key in sliced and tensor.dtype not in _SLICED
    }


def prefix_of(path: Path) -> Path:
    """The prefix of the checkpoint that ``path`` means, for TensorFlow's own reader.

    Raises:
        NotRecognised: It means none.
        Damaged: It means one of which files are missing.
    """
    return _located(path).prefix


def pattern_of(source: Source) -> str:
    """The files of a V1 checkpoint as one pattern, for TensorFlow's ``Restore``."""
    first = source.files[0]
    shard = bundle_v1.SHARD.fullmatch(first)
    whole = glob.escape(shard["prefix"] if shard else first)
    return f"{whole}-?????-of-{shard['count']}" if shard else whole


def _located(path: Path) -> Located:
    found = locate(path)
    if found is None:
        raise NotRecognised("no checkpoint", where=str(path))
    return found


def _kind(opened: bundle.Bundle) -> str:
    graph = stored_tensors.graph_of(opened)
    if graph is None:
        return "tf1-checkpoint-v2"
    if "save_counter" in graph.root:
        return "tf2-checkpoint"
    layers = any(_LAYER.fullmatch(name) for name in graph.root)
    return "keras-tf-weights" if layers or _holds_layers(graph) else "tf2-checkpoint"


def _holds_layers(graph: object_graph.Graph) -> bool:
    """Whether the root itself holds Keras layers: their variables are named ``<scope>/kernel``."""
    for child in graph.root.values():
        for name, node in graph.children(child):
            for attribute in graph.nodes[node].attributes:
                if str(attribute.full_name).endswith(f"/{name}") and child not in graph.optimizers:
                    return True
    return False


def _describe_objects(
    base: Source, found: Located, opened: bundle.Bundle, graph: object_graph.Graph
) -> Source:
    tensors, hazards = stored_tensors.by_object(opened, graph)
    notes = list(found.notes)
    if any(child.local_name == "_operations" for n in graph.nodes for child in n.children):
        notes.append("the saved model is one of Keras 3")
    if "save_counter" not in graph.root:
        notes.append("no save_counter: save_weights or Checkpoint.write wrote it")
    return dataclasses.replace(
        base,
        writer=Writer("tf.keras" if base.kind == "keras-tf-weights" else "TensorFlow"),
        tensors=tensors,
        hazards=hazards,
        notes=tuple(notes),
    )


def _describe_names(
    base: Source,
    found: Located,
    tensors: Mapping[str, stored_tensors.Stored],
    content: stored_tensors.Content | None = None,
) -> Source:
    infos, hazards = stored_tensors.by_name(tensors, content)
    version = _version_beside(found.prefix)
    beside = () if version is None else (f"the graph lies beside it: {found.prefix.name}.meta",)
    return dataclasses.replace(
        base,
        writer=Writer("TensorFlow", version or ""),
        tensors=infos,
        hazards=hazards,
        notes=found.notes + beside,
    )


def _version_beside(prefix: Path) -> str | None:
    """The version of TensorFlow that a ``.meta`` beside the checkpoint names; None without one."""
    meta = prefix.with_name(f"{prefix.name}.meta")
    if not meta.is_file():
        return None
    if meta.stat().st_size > _MAX_META:
        return ""
    try:
        graph = protos.parse("MetaGraph", meta.read_bytes(), str(meta))
    except Damaged:
        return None  # the checkpoint does not need it
    return str(graph.meta_info_def.tensorflow_version)


def _source(path: Path, kind: str, files: tuple[Path, ...]) -> Source:
    return Source(
        path=str(path),
        kind=kind,
        title=KINDS[kind],
        files=tuple(str(file) for file in files),
        size=sum(file.stat().st_size for file in files),
        next_command=f"tfmigrate ckpt-to-savedmodel {shlex.quote(str(path))} OUTPUT"
        " --recipe RECIPE.yaml",
    )

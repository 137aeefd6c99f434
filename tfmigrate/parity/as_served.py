"""Run a signature of any SavedModel as a server does, and nothing else of what the file holds.

``tf.saved_model.load`` runs what an object graph names. A server runs three things: the op that
restores the variables, the one that initialises tables, and what the signature needs. Only these
are imported, after each of their ops was found among the allowed ones.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from tfmigrate.errors import NotSupported, UnsafeContent, shown
from tfmigrate.graphs import check, nodes, prune
from tfmigrate.graphs.allowed import ASIDE, PLACEHOLDERS, TABLE_INITIALISERS
from tfmigrate.graphs.nodes import Node, Tensor
from tfmigrate.lazy import load
from tfmigrate.parity.probes import Probe
from tfmigrate.sources.saved_model import FILES, serving

_TABLES = frozenset({
    "InitializeTableFromTextFile", "InitializeTableFromTextFileV2", "MutableHashTable",
    "MutableHashTableV2", "LookupTableExportV2",
}) | TABLE_INITIALISERS  # fmt: skip
_RESTORING = frozenset({
    "RestoreV2", "Restore", "RestoreSlice", "VarIsInitializedOp", "IsVariableInitialized",
})  # fmt: skip
# Pure functions of a seed; and the one that moves a seed on, in a variable.
_DRAWING = frozenset({
    "StatelessRandomGetKeyCounter", "StatelessRandomGetAlg", "StatelessRandomGetKeyCounterAlg",
    "StatelessRandomUniformV2", "StatelessRandomUniformIntV2", "StatelessRandomNormalV2",
    "StatelessTruncatedNormalV2", "RngReadAndSkip",
})  # fmt: skip
_ANSWERING = (ASIDE - {"PrintV2"}) | PLACEHOLDERS | _TABLES | _DRAWING
_INIT = "__saved_model_init_op"
_INIT_COLLECTIONS = ("saved_model_main_op", "legacy_init_op")


class Served:
    """A signature of a SavedModel, restored and ready to answer.

    Args:
        path: The SavedModel.
        key: The signature.

    Raises:
        UnsafeContent: What it needs holds ops that are not run.
        NotSupported: It does not run: TensorFlow does not take it, or something is missing.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._meta = path, serving(_proto(path))
        signature = _signature(self._meta, key)
        self._inputs = {name: _dense(name, info) for name, info in signature.inputs.items()}
        self._outputs = {name: _dense(name, info) for name, info in signature.outputs.items()}
        self._types = {name: info.dtype for name, info in signature.inputs.items()}
        self._restore, self._init = _restore_op(self._meta), _init_op(self._meta)
        whole = self._checked(nodes.read(self._meta.graph_def, str(path)))
        tf = load("tensorflow")
        with _running(), tf.Graph().as_default() as self._graph:
            self._given = {t: self._placeholder(n) for n, t in self._inputs.items()}
            self._import(whole)
            self._session = tf.compat.v1.Session(graph=self._graph, config=_plain())
            self._start(whole)

    def answer(self, probe: Probe) -> Probe:
        """What it answers to one probe, by the public names.

        Raises:
            NotSupported: TensorFlow does not run it.
        """
        fed = {self._given[self._inputs[name]]: array for name, array in probe.items()}
        with _running():
            wanted = {n: self._tensor(t) for n, t in self._outputs.items()}
            found = self._session.run(wanted, fed)
        return {name: np.asarray(value) for name, value in found.items()}

    def close(self) -> None:
        """Give back what it holds."""
        self._session.close()

    def _checked(self, graph: nodes.Graph) -> dict[str, Node]:
        """What is imported; each op of it may be run."""
        given, wanted = list(self._inputs.values()), list(self._outputs.values())
        starting = [(name, 0) for name in (self._restore, self._init) if name]
        _refuse_missing(graph, given, [*wanted, *starting])
        parts = {
            "answers": (prune.reached(graph.nodes, wanted, given), wanted, _ANSWERING),
            "starts": (
                prune.reached(graph.nodes, starting, given), [], _ANSWERING | _RESTORING,
            ),
        }  # fmt: skip
        found = [
            problem
            for part, tensors, also in parts.values()
            for problem in check.problems(part, graph, tensors, given, also)
        ]
        if found:
            raise UnsafeContent("it needs what is not run", found, where=str(self._path))
        whole = {**parts["answers"][0], **parts["starts"][0]}
        self._functions = check.functions(whole, graph)
        return whole

    def _import(self, whole: Mapping[str, Node]) -> None:
        tf = load("tensorflow")
        definition = self._meta.graph_def
        part = tf.compat.v1.GraphDef()
        part.versions.CopyFrom(definition.versions)
        for function in definition.library.function:
            if function.signature.name in self._functions:
                part.library.function.add().CopyFrom(function)
        for node in definition.node:
            if node.name in whole:
                _add(part, node, whole)
        used = {t for n in whole.values() for t in n.inputs}
        mapped = {nodes.written(t): p for t, p in self._given.items() if t in used}
        tf.graph_util.import_graph_def(part, mapped, name="")

    def _placeholder(self, name: str) -> Any:
        return load("tensorflow").compat.v1.placeholder(self._types[name], None, "tfmigrate_given")

    def _start(self, whole: Mapping[str, Node]) -> None:
        if self._restore:
            file = self._meta.saver_def.filename_tensor_name
            self._run(self._restore, {file: str(self._path / "variables" / "variables")})
        if self._init:
            self._run(self._init, dict(self._assets(whole)))

    def _run(self, operation: str, fed: Mapping[str, str]) -> None:
        tensors = {self._graph.get_tensor_by_name(name): text for name, text in fed.items()}
        self._session.run(self._graph.get_operation_by_name(operation), tensors)

    def _assets(self, whole: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
        """Tensors that hold the path of an asset, and the path."""
        for asset in _assets(self._meta):
            name = PurePosixPath(asset.filename)
            if name.is_absolute() or ".." in name.parts:
                what = "an asset lies outside the SavedModel"
                raise UnsafeContent(what, where=shown(asset.filename))
            if asset.tensor_info.name.partition(":")[0] in whole:
                yield asset.tensor_info.name, str(self._path / "assets" / name)

    def _tensor(self, tensor: Tensor) -> Any:
        if tensor in self._given:
            return self._given[tensor]
        return self._graph.get_tensor_by_name(nodes.written(tensor))


@contextlib.contextmanager
def _running() -> Iterator[None]:
    """Turns what TensorFlow has against a graph into a sentence; a lack of memory stays one."""
    tf = load("tensorflow")
    try:
        yield
    except tf.errors.ResourceExhaustedError:
        raise
    except (ValueError, TypeError, KeyError, tf.errors.OpError) as error:
        said = str(getattr(error, "message", None) or error).split("\n")
        told = " ".join(line.strip() for line in said if "[[" not in line)  # [[{{node ...}}]]
        raise NotSupported(shown(told, 300)) from error


def _proto(path: Path) -> Any:
    model = load("tensorflow.core.protobuf.saved_model_pb2:SavedModel")()
    binary, text = (path / name for name in FILES)
    if binary.is_file():
        model.ParseFromString(binary.read_bytes())
    else:
        load("google.protobuf.text_format").Parse(text.read_text("utf-8"), model)
    return model


def _signature(meta: Any, key: str) -> Any:
    if key not in meta.signature_def:
        raise NotSupported(f"there is no signature {shown(key)}")
    return meta.signature_def[key]


def _dense(name: str, info: Any) -> Tensor:
    found = nodes.tensor(info.name)
    if found is None:
        raise NotSupported(f"{shown(name)} is a sparse, ragged or composite tensor")
    return found


def _restore_op(meta: Any) -> str:
    return str(meta.saver_def.restore_op_name).partition(":")[0]


def _init_op(meta: Any) -> str:
    """The op that a server runs after restoring; "" where there is none."""
    if _INIT in meta.signature_def:
        return str(meta.signature_def[_INIT].outputs[_INIT].name).partition(":")[0]
    for key in _INIT_COLLECTIONS:
        names = meta.collection_def[key].node_list.value if key in meta.collection_def else ()
        if names:
            return str(names[0]).partition(":")[0]
    return ""


def _assets(meta: Any) -> list[Any]:
    """The assets, as TensorFlow 2 files them, else as TensorFlow 1 did."""
    if meta.asset_file_def or "saved_model_assets" not in meta.collection_def:
        return list(meta.asset_file_def)
    found = []
    for packed in meta.collection_def["saved_model_assets"].any_list.value:
        asset = load("tensorflow.core.protobuf.meta_graph_pb2:AssetFileDef")()
        packed.Unpack(asset)
        found.append(asset)
    return found


def _refuse_missing(graph: nodes.Graph, given: list[Tensor], wanted: list[Tensor]) -> None:
    gone = {name for name, _ in wanted if (name, 0) not in given} - graph.nodes.keys()
    gone |= {name for _, name in prune.missing(graph, given)}
    gone -= {name for name, _ in given}
    if gone:
        raise NotSupported(f"the graph has no node {shown(sorted(gone)[0])}, which it names")


def _add(part: Any, node: Any, whole: Mapping[str, Node]) -> None:
    new = part.node.add()
    new.CopyFrom(node)
    new.device = ""
    for attribute in ("_class", "_output_shapes"):  # colocation; shapes that others infer otherwise
        new.attr.pop(attribute, None)
    kept = [i for i in new.input if not i.startswith("^") or i[1:] in whole]
    del new.input[:]
    new.input.extend(kept)


def _plain() -> Any:
    """A session on the CPU that runs op by op: no optimiser that fuses or folds."""
    config = load("tensorflow").compat.v1.ConfigProto(device_count={"GPU": 0})
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = -1
    return config

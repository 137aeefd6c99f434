"""The graph of a SavedModel, read without TensorFlow: flattened, with its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tfmigrate.errors import UnsafeContent, shown
from tfmigrate.graphs import flatten, nodes, saved
from tfmigrate.judge.graph_files import GraphFile
from tfmigrate.results import Source
from tfmigrate.sources import protos, saved_model
from tfmigrate.sources.object_graph import Graph as ObjectGraph

_ASSETS = "saved_model_assets"


@dataclass(frozen=True)
class SavedFile:
    """A graph of a SavedModel.

    Attributes:
        path: The file that it is in.
        meta: The MetaGraphDef.
        tags: Its tags.
        objects: The object graph of its variables; None where they are known by name alone.
        same: Whether two tensors of it are stored with the same bytes.
        assets: Constants that name a file of it, and the paths of these.
        others: The tags of the graphs that were not taken.
    """

    path: Path
    meta: Any
    tags: tuple[str, ...]
    objects: ObjectGraph | None
    same: Callable[[str, str], bool]
    assets: dict[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    def graph(self, calls: Sequence[saved.Call] = ()) -> GraphFile:
        """Its nodes, calls of functions replaced by their nodes.

        Args:
            calls: Calls to add before.
        """
        where = str(self.path)
        definition = saved.with_calls(self.meta.graph_def, calls)
        flat = flatten.flat(definition, where)
        whole = replace(nodes.read(definition, where), assets=self.assets)
        graph = replace(nodes.read(flat.graph, where), assets=self.assets)
        return GraphFile(self.path, saved.KIND, self.meta, graph, whole, flat.places)


def open_saved(source: Source, tags: Sequence[str]) -> SavedFile:
    """The graph of a SavedModel that is meant.

    Raises:
        UsageProblem: It has no graph with these tags.
        NotSupported: Nobody says which of several graphs is meant.
        UnsafeContent: It names a file outside its folder.
        Damaged: It cannot be read.
    """
    opened = saved_model.opened(Path(source.path), tags)
    names = {**_older(opened.meta, str(opened.path)), **saved.assets(opened.meta)}
    files = {node: _asset(opened.path.parent, name) for node, name in names.items()}
    others = tuple(
        ", ".join(sorted(m.meta_info_def.tags)) or "no tag"
        for m in opened.model.meta_graphs
        if m is not opened.meta
    )
    chosen = tuple(sorted(opened.meta.meta_info_def.tags))
    return SavedFile(opened.path, opened.meta, chosen, opened.objects, opened.same, files, others)


def _older(meta: Any, where: str) -> dict[str, str]:
    """The files of SavedModels before TensorFlow 1.6, which had a collection of them."""
    found = {}
    for entry in meta.collection_def:
        for packed in entry.value.any_list.value if entry.key == _ASSETS else ():
            asset = protos.parse("AssetFile", packed.value, where)
            found[asset.tensor_info.name.partition(":")[0]] = asset.filename
    return found


def _asset(folder: Path, name: str) -> str:
    """A file of a SavedModel, which lies in its folder of assets."""
    assets = folder / "assets"
    path = assets / name
    inside = path.resolve().is_relative_to(assets.resolve())
    if not inside or not path.is_file():
        raise UnsafeContent(
            f"the SavedModel names the file {shown(name)}, which is not among its assets",
            where=str(folder),
            help="copy the SavedModel again, with its assets folder",
        )
    return str(path)

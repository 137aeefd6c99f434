"""The graph that a recipe names, or that lies beside a checkpoint, read without TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfmigrate.errors import RecipeProblem, shown
from tfmigrate.graphs import nodes
from tfmigrate.results import Source
from tfmigrate.sources import checkpoint, graph

BESIDE = "source"


@dataclass(frozen=True)
class GraphFile:
    """A graph that has been read.

    Attributes:
        path: Its file.
        kind: A key of :data:`tfmigrate.sources.graph.KINDS`.
        meta: The MetaGraphDef, otherwise empty where the file is a bare GraphDef.
        graph: Its nodes; calls of functions are replaced by their nodes in a SavedModel.
        called: The nodes as they were, where calls were replaced.
        places: Where the outputs of these calls are found.
    """

    path: Path
    kind: str
    meta: Any
    graph: nodes.Graph
    called: nodes.Graph | None = None
    places: Mapping[nodes.Tensor, nodes.Tensor] = field(default_factory=dict)

    @property
    def original(self) -> nodes.Graph:
        """The nodes as the file has them."""
        return self.called or self.graph

    @property
    def producer(self) -> int:
        """The version of graphs that its writer wrote."""
        return int(self.meta.graph_def.versions.producer)


def open_graph(said: str, recipe: str, source: Source) -> GraphFile:
    """The graph that a recipe names.

    Args:
        said: A path relative to the recipe, or ``source`` for the graph beside the checkpoint.
        recipe: The recipe's own path.
        source: The checkpoint.

    Raises:
        RecipeProblem: There is none.
        Damaged: It cannot be read.
    """
    if said == BESIDE and source.kind == "frozen-graph":
        path: Path | None = Path(source.path)
    elif said == BESIDE:
        path = beside(source)
    if said == BESIDE:
        if path is None:
            raise RecipeProblem(
                "no graph lies beside the checkpoint: neither PREFIX.meta nor graph.pbtxt",
                where=source.path,
                help="name the file: graph: PATH, relative to the recipe",
            )
    else:
        path = Path(recipe).parent / said
    return read(path)


def read(path: Path) -> GraphFile:
    """The graph in a file.

    Raises:
        RecipeProblem: There is no graph in it.
        Damaged: It cannot be read.
    """
    kind = graph.identify(path)
    if kind is None:
        what = "is no graph" if path.exists() else "there is no such file"
        raise RecipeProblem(
            f"{shown(path)}: {what}", help="a .meta, or a GraphDef as .pb or .pbtxt"
        )
    meta = graph.read(path, kind)
    return GraphFile(path.absolute(), kind, meta, nodes.read(meta.graph_def, str(path)))


def beside(source: Source) -> Path | None:
    """The graph that a TF1 saver or an Estimator wrote beside a checkpoint; None without one."""
    if not source.kind.startswith("tf1-checkpoint"):
        return None
    prefix = checkpoint.prefix_of(Path(source.path))
    own = prefix.with_name(f"{prefix.name}.meta")
    pbtxt = prefix.with_name("graph.pbtxt")
    return next((p for p in (own, pbtxt) if p.is_file() and graph.identify(p)), None)

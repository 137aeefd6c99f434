"""The tensors of a checkpoint of any kind as results: names, training state, averages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tfmigrate.errors import Damaged
from tfmigrate.results import Hazard
from tfmigrate.sources import bundle, object_graph, training_names
from tfmigrate.tensors import TensorInfo

_AVERAGES_HELP = "the recipe's weights.rules say which to restore; weights.ignore leaves them out"

Found = tuple[tuple[TensorInfo, ...], tuple[Hazard, ...]]


class Stored(Protocol):
    """What a tensor of either checkpoint format says about itself."""

    @property
    def dtype(self) -> str:
        """NumPy's name of its type."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its full shape."""


def graph_of(opened: bundle.Bundle) -> object_graph.Graph | None:
    """The object graph of a bundle; None for one that knows names alone.

    Raises:
        Damaged: It cannot be parsed.
        NotSupported: It is larger than the limits.
    """
    if object_graph.KEY not in opened.entries:
        return None
    data = bundle.strings(opened, object_graph.KEY)
    if len(data) != 1:
        raise Damaged("object graph: it is no single string", where=str(opened.prefix))
    return object_graph.parse(data[0], str(opened.prefix))


def by_object(opened: bundle.Bundle, graph: object_graph.Graph) -> Found:
    """The tensors of an object-based checkpoint under readable names, and what is hard about them.

    Raises:
        Damaged: The object graph and the index disagree, or there is no variable.
    """
    found = object_graph.named(graph, opened.entries)
    if not found:
        raise Damaged("no variable in it, only the object graph", where=str(opened.prefix))
    tensors = tuple(
        TensorInfo(
            name=n.name,
            shape=opened.entries[n.key].shape,
            dtype=opened.entries[n.key].dtype,
            training=n.training,
            key=n.key,
            aliases=n.aliases,
        )
        for n in found
    )
    return tensors, _averages([n.name for n in found if n.average])


def by_name(stored: Mapping[str, Stored]) -> Found:
    """The tensors of a checkpoint that knows names alone, and what is hard about them."""
    shapes = {name: tensor.shape for name, tensor in stored.items()}
    tensors = tuple(
        TensorInfo(
            name=name,
            shape=tensor.shape,
            dtype=tensor.dtype,
            training=training_names.training(name, shapes),
            key=name,
        )
        for name, tensor in stored.items()
    )
    return tensors, _averages(list(training_names.averages(shapes))) + _opaque(list(shapes))


def _averages(names: list[str]) -> tuple[Hazard, ...]:
    if not names:
        return ()
    what = f"{len(names)} moving averages are stored beside the weights"
    return (Hazard("moving-averages", what, where=names[0], help=_AVERAGES_HELP),)


def _opaque(names: list[str]) -> tuple[Hazard, ...]:
    # TF 1.x CudnnLSTM without canonical saving: one flat buffer, whose packing only cuDNN knows.
    return tuple(
        Hazard("cudnn", "a flat cuDNN buffer; it cannot be split without a GPU and TF1", where=name)
        for name in names
        if name.rpartition("/")[2] in ("opaque_kernel", "opaque_params")
    )

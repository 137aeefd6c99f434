"""The tensors of a checkpoint of any kind as results: names, training state, averages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from tfmigrate.errors import Damaged
from tfmigrate.results import Hazard
from tfmigrate.sources import bundle, copies, object_graph, training_names
from tfmigrate.tensors import TensorInfo

_AVERAGES_HELP = "`averages: prefer`, `require` or `ignore` under a recipe's `weights` decides"

# What the training loop counts, beside the model at the root.
_COUNTERS = frozenset({"step", "steps", "global_step", "train_step", "epoch", "epochs",
                       "iteration", "iterations"})  # fmt: skip

Content = Callable[[str], str]
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
            training=n.training or _counter(n.name, opened.entries[n.key]),
            key=n.key,
            aliases=n.aliases,
            average_of=n.average_of,
        )
        for n in found
    )
    tables = _tables({t.name: t.shape for t in tensors})
    return tensors, _averages([n.name for n in found if n.average_of]) + tables


def _counter(name: str, entry: bundle.Entry) -> str:
    # Checkpoint(model=..., step=tf.Variable(0)); a variable of that very name still gets it.
    counts = name in _COUNTERS and entry.shape == () and entry.dtype in ("int32", "int64")
    return "training counter" if counts else ""


def by_name(stored: Mapping[str, Stored], content: Content | None = None) -> Found:
    """The tensors of a checkpoint that knows names alone, and what is hard about them.

    Args:
        stored: What is stored, by name.
        content: Gives a hash of a tensor's bytes, to tell copies; None where that is not read.
    """
    shapes = {name: tensor.shape for name, tensor in stored.items()}
    averages = training_names.averages_of(shapes)
    training = {n: training_names.training(n, shapes) or _loose(averages.get(n)) for n in stored}
    same = copies.copies(stored, content, training) if content else {}
    training |= {name: f"identical copy of {first}" for name, first in same.items()}
    tensors = tuple(
        TensorInfo(
            name=name,
            shape=tensor.shape,
            dtype=tensor.dtype,
            training=training[name],
            key=name,
            average_of=averages.get(name, ""),
        )
        for name, tensor in stored.items()
    )
    return tensors, _averages([n for n, raw in averages.items() if raw]) + _opaque(
        list(shapes)
    ) + _tables(shapes)


def _loose(average_of: str | None) -> str:
    return "moving average; what it averages is no variable" if average_of == "" else ""


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


def _tables(shapes: Mapping[str, tuple[int, ...]]) -> tuple[Hazard, ...]:
    # MutableHashTable saves <name>-keys and <name>-values.
    names = [name.removesuffix("-keys") for name in shapes if name.endswith("-keys")]
    return tuple(
        Hazard(
            "lookup-table",
            "the content of a lookup table; a recipe has no layer that holds one",
            where=name,
            help="where the model answers without it, `weights.ignore` leaves it out",
        )
        for name in names
        if shapes[f"{name}-keys"][:1] == shapes.get(f"{name}-values", ())[:1] != ()
    )

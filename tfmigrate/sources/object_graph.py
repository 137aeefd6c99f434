"""Object-based checkpoints: the graph of objects behind the keys, and readable names from it.

A key is the path that the writer found first, so it may be a poor name: Keras 3 files a model's
weights under ``optimizer/_trainable_variables/0`` when the optimizer was saved as well, and no
other key leads to them. The graph does. Rules:
``tensorflow/core/protobuf/trackable_object_graph.proto``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tfmigrate.errors import Damaged, NotSupported, shown
from tfmigrate.sources import object_averages, protos
from tfmigrate.sources.wire import AGAIN

KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
CONFIG = "/.ATTRIBUTES/OBJECT_CONFIG_JSON"  # a string that Keras files with its layers
_MAX_NODES = 1_000_000
_ALIASES = 16  # per object: enough for layer-N, layer_with_weights-N and the lists of a model
_RESERVED = (".ATTRIBUTES", ".OPTIMIZER_SLOT")
# What only an optimizer has: those of Keras 2.11 on count in `_iterations`; older ones in `iter`,
# tf.compat.v1 ones keep powers of beta, and these have nothing but variables under them.
_OPTIMIZER = (
    {"_iterations", "_variables"},
    {"_iterations", "_learning_rate"},
    {"iterations", "_variables", "_trainable_variables"},  # Keras 3.0 to 3.3
)
_FLAT_OPTIMIZER = (
    {"iter", "learning_rate"},
    {"iter", "lr"},
    {"beta1_power", "beta2_power"},
    {"current_loss_scale", "good_steps"},
)
_WEIGHTS = "_trainable_variables"
_COUNTERS = ("save_counter",)


@dataclass(frozen=True)
class Named:
    """A stored tensor under its readable name.

    Attributes:
        key: Its key on disk.
        name: The readable name, unique in the checkpoint.
        training: Why it is no weight of the model, "" for a weight.
        aliases: Other paths that lead to it, and its full name where that is unique.
        average_of: The name of the tensor whose moving average it is, "" where it is none.
    """

    key: str
    name: str
    training: str = ""
    aliases: tuple[str, ...] = ()
    average_of: str = ""


@dataclass
class Graph:
    """A parsed object graph.

    Attributes:
        nodes: The objects, the root first.
        optimizers: Which of them are optimizers.
        paths: Paths to every object that a model has; shortest first.
        through: Paths to every object that lead through an optimizer.
    """

    nodes: list[Any]
    optimizers: frozenset[int]
    paths: dict[int, list[str]] = field(default_factory=dict)
    through: dict[int, list[str]] = field(default_factory=dict)

    @property
    def root(self) -> dict[str, int]:
        """The root's children by local name."""
        return {c.local_name: c.node_id for c in self.nodes[0].children}

    def children(self, node: int) -> Iterator[tuple[str, int]]:
        """The children of an object: local name and number."""
        return ((c.local_name, c.node_id) for c in self.nodes[node].children)


def parse(data: bytes, where: str) -> Graph:
    """The object graph in ``data``, with the paths to every object.

    Raises:
        Damaged: It is no object graph, or refers to objects that it does not have.
        NotSupported: It has more than a million objects.
    """
    nodes = list(protos.parse("ObjectGraph", data, f"{where}: object graph").nodes)
    if len(nodes) > _MAX_NODES:
        raise NotSupported(f"object graph: {len(nodes)} objects", where=where)
    if not nodes or not all(0 <= i < len(nodes) for node in nodes for i in _references(node)):
        raise Damaged(
            "object graph: it is empty, or refers to objects that it does not have",
            where=where,
            help=AGAIN,
        )
    graph = Graph(nodes, frozenset(i for i in range(1, len(nodes)) if _is_optimizer(nodes, i)))
    graph.paths = _walk(graph, {0: [""]}, graph.optimizers)
    graph.through = _walk(graph, _entrances(graph), frozenset())
    return graph


def _references(node: Any) -> Iterator[int]:
    for child in node.children:
        yield child.node_id
    for slot in node.slot_variables:
        yield slot.original_variable_node_id
        yield slot.slot_variable_node_id


def _is_optimizer(nodes: list[Any], number: int) -> bool:
    node = nodes[number]
    names = {c.local_name for c in node.children}
    if node.slot_variables or any(marks <= names for marks in _OPTIMIZER):
        return True
    flat = any(marks <= names for marks in _FLAT_OPTIMIZER)
    return flat and not any(nodes[c.node_id].children for c in node.children)


def _entrances(graph: Graph) -> dict[int, list[str]]:
    """Paths to the optimizers that one edge from the model leads to."""
    found: dict[int, list[str]] = {}
    for node, paths in graph.paths.items():
        for name, child in graph.children(node):
            if child in graph.optimizers:
                found.setdefault(child, []).append(_join(paths[0], name))
    return found


def _walk(
    graph: Graph, starts: Mapping[int, list[str]], closed: frozenset[int]
) -> dict[int, list[str]]:
    """Paths to every object, breadth first; objects in ``closed`` are not entered.

    Leaves get a path for each edge that leads to them, inner objects only those of the shortest
    length, so that cycles end.
    """
    paths = {node: list(found[:_ALIASES]) for node, found in starts.items() if node not in closed}
    depth = dict.fromkeys(paths, 0)
    queue = deque(paths)
    while queue:
        node = queue.popleft()
        for name, child in graph.children(node):
            if child in closed or child in starts:
                continue
            if child not in depth:
                depth[child] = depth[node] + 1
                paths[child] = []
                queue.append(child)
            if depth[child] > depth[node] or not graph.nodes[child].children:
                room = _ALIASES - len(paths[child])
                paths[child] += [_join(path, name) for path in paths[node][:room]]
    return paths


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def readable(key: str) -> str:
    """A key as a readable path: escapes undone, the attribute of a plain variable left out."""
    parts = key.removesuffix(VALUE).split("/")
    return "/".join(part if part in _RESERVED else _unescaped(part) for part in parts)


def _unescaped(part: str) -> str:
    return ".".join(p.replace(".S", "/") for p in part.split(".."))


def named(graph: Graph, keys: Iterable[str]) -> tuple[Named, ...]:
    """Every stored tensor under its readable name, in the order of the keys.

    Args:
        graph: The object graph.
        keys: The keys on disk, without the graph itself.

    Raises:
        Damaged: The graph names a variable that is not stored.
    """
    stored = [key for key in keys if key != KEY and not key.endswith(CONFIG)]
    owners = _owners(graph)
    absent = {key for key in owners if key.endswith(VALUE)}.difference(stored)
    if absent:
        raise Damaged(
            f"object graph: it names {shown(min(absent))}, which is not stored", help=AGAIN
        )
    averages = object_averages.raw_of(graph.nodes, graph.optimizers)
    slots = _slots(graph) - averages.keys()
    found = [_named(graph, key, owners.get(key), slots, averages) for key in stored]
    return _with_averages(_unique(found, graph, owners), owners, averages)


def _with_averages(
    found: Iterable[Named], owners: Mapping[str, int], averages: Mapping[int, int]
) -> tuple[Named, ...]:
    """The tensors, averages knowing what they are averages of."""
    every = tuple(found)
    names = {owners[n.key]: n.name for n in every if n.key in owners}
    raws = {number: names.get(raw, "") for number, raw in averages.items()}
    return tuple(replace(n, average_of=raws.get(owners.get(n.key, -1), "")) for n in every)


def _owners(graph: Graph) -> dict[str, int]:
    return {a.checkpoint_key: i for i, n in enumerate(graph.nodes) for a in n.attributes}


def _slots(graph: Graph) -> set[int]:
    return {s.slot_variable_node_id for n in graph.nodes for s in n.slot_variables}


def _named(
    graph: Graph, key: str, node: int | None, slots: Collection[int], averages: Collection[int]
) -> Named:
    name = readable(key)
    if node is None or not key.endswith(VALUE):
        return Named(key, name, _state(key))
    if node in slots:
        return Named(key, name, "optimizer slot")
    mine, through = graph.paths.get(node, []), graph.through.get(node, [])
    if mine and name not in mine and name in through:  # Keras 3: the model's own path is the name
        name, mine = mine[0], [*mine, name]
    aliases = tuple(dict.fromkeys(path for path in (*mine, *through) if path != name))
    if mine:
        return Named(key, name, "training counter" if name in _COUNTERS else "", aliases)
    listed = (f"/{_WEIGHTS}/", f"/{object_averages.LISTED}/")
    weight = not through or any(part in f"/{path}" for path in through for part in listed)
    weight = weight or node in averages
    return Named(key, name, "" if weight else "optimizer state", aliases)


def _state(key: str) -> str:
    return "iterator state" if "/.ATTRIBUTES/ITERATOR" in key else ""


def _unique(found: list[Named], graph: Graph, owners: Mapping[str, int]) -> tuple[Named, ...]:
    """Names and aliases made unique: a name that occurs twice gives way to the key."""
    taken: dict[str, int] = {}
    for item in found:
        taken[item.name] = taken.get(item.name, 0) + 1
    full = {item.key: _full_name(graph, item, owners) for item in found}
    offers: dict[str, int] = {}
    for item in found:
        for alias in {*item.aliases, full[item.key]}:
            offers[alias] = offers.get(alias, 0) + 1
    result = []
    for item in found:
        wanted = dict.fromkeys((*item.aliases, full[item.key]))
        aliases = tuple(a for a in wanted if a and offers[a] == 1 and a not in taken)
        name = item.name if taken[item.name] == 1 else item.key
        result.append(Named(item.key, name, item.training, aliases))
    return tuple(result)


def _full_name(graph: Graph, item: Named, owners: Mapping[str, int]) -> str:
    attributes = graph.nodes[owners[item.key]].attributes if item.key in owners else ()
    return next((str(a.full_name) for a in attributes if a.checkpoint_key == item.key), "")

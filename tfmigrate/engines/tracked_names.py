"""What TensorFlow's object-based checkpoints call the variables of a Keras layer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from tfmigrate.engines.legal_names import original

_MAX_DEPTH = 8


def tracked_names(model: Any) -> dict[int, tuple[str, ...]]:
    """Further names of each variable, by its identity: ``<layer>/<attributes>/<variable>``.

    Layers of other eras keep their variables where these look for them: ``rnn/cell/kernel`` for
    what today is ``rnn/lstm_cell/kernel``, ``bi/forward_layer/cell/kernel``, ``td/layer/kernel``.
    Where one variable of a layer is called so, ``<layer>/<variable>`` will do, as in H5 files; in
    a chain of layers also ``layer_with_weights-3/<attributes>/<variable>``.
    """
    found: dict[int, list[str]] = {}
    places = _places(model)
    for layer in model.layers:
        name = original(model, layer.name)
        paths = list(_paths(layer, name))
        leaves = [path.rpartition("/")[2] for _, path in paths]
        for (variable, path), leaf in zip(paths, leaves, strict=True):
            names = found.setdefault(id(variable), [])
            names += [path, f"{name}/{leaf}"] if leaves.count(leaf) == 1 else [path]
            if layer.name in places:
                names.append(f"layer_with_weights-{places[layer.name]}{path.removeprefix(name)}")
    return {variable: tuple(dict.fromkeys(names)) for variable, names in found.items()}


def _places(model: Any) -> dict[str, int]:
    """The numbers of layers with weights, where only one order is possible: in a chain."""
    nodes = [layer._inbound_nodes for layer in model.layers[1:]]
    chained = all(
        len(found) == 1 and len(getattr(found[0], "keras_inputs", ())) == 1
        and found[0].keras_inputs[0] is before.output
        for found, before in zip(nodes, model.layers, strict=False)
    )  # fmt: skip
    held = [layer.name for layer in model.layers if layer.weights] if chained else []
    return {name: place for place, name in enumerate(held)}


def _paths(layer: Any, name: str) -> Iterable[tuple[Any, str]]:
    """The variables under a layer, breadth first, each once and under its shortest path."""
    seen = {id(layer)}
    queue = deque([(layer, name, 0)])
    while queue:
        node, path, depth = queue.popleft()
        if depth > _MAX_DEPTH or not hasattr(node, "_trackable_children"):
            continue
        for key, child in node._trackable_children().items():
            if id(child) in seen:
                continue
            seen.add(id(child))
            if hasattr(child, "assign"):  # a variable of TensorFlow's, or of either Keras
                yield getattr(child, "_variable", child), f"{path}/{key}"
            else:
                queue.append((child, f"{path}/{key}", depth + 1))

"""Moving averages in an object graph: which object is the average of which.

Sources: ``slot_variables`` of old optimizers (TensorFlow Addons' MovingAverage and SWA call theirs
``average``); Keras 2.11 on lists them as ``_model_variables_moving_average``, in the order of the
trainable variables, which Keras 3 lists beside it; tf.keras tells them apart by the full name alone
(``Adam/average/dense/kernel``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

LISTED = "_model_variables_moving_average"
SLOT = "average"
_TRAINED = "_trainable_variables"


def raw_of(nodes: list[Any], optimizers: Iterable[int]) -> dict[int, int]:
    """Each object that is a moving average, and the object of the variable it is taken of.

    Args:
        nodes: The objects of the graph.
        optimizers: Which of them are optimizers.
    """
    found = {
        slot.slot_variable_node_id: slot.original_variable_node_id
        for node in nodes
        for slot in node.slot_variables
        if slot.slot_name == SLOT
    }
    full_names = _by_full_name(nodes)
    for number in optimizers:
        found |= dict(_listed(nodes, number, full_names))
    return found


def _listed(
    nodes: list[Any], optimizer: int, full_names: dict[str, int]
) -> Iterator[tuple[int, int]]:
    children = {c.local_name: c.node_id for c in nodes[optimizer].children}
    if LISTED not in children:
        return
    trained = children.get(_TRAINED)
    same = _items(nodes, trained) if trained is not None else {}
    for index, average in _items(nodes, children[LISTED]).items():
        name = _full_name(nodes[average]).partition(f"{SLOT}/")[2]
        raw = same.get(index, full_names.get(name, -1))
        if raw >= 0:
            yield average, raw


def _items(nodes: list[Any], number: int) -> dict[str, int]:
    return {c.local_name: c.node_id for c in nodes[number].children}


def _by_full_name(nodes: list[Any]) -> dict[str, int]:
    """The one object of each full name; names that occur twice tell nothing."""
    found: dict[str, int] = {}
    twice = set()
    for number, node in enumerate(nodes):
        name = _full_name(node)
        if name in found:
            twice.add(name)
        found[name] = number
    return {name: number for name, number in found.items() if name and name not in twice}


def _full_name(node: Any) -> str:
    return next((str(a.full_name) for a in node.attributes), "")

"""CuDNN layers of Keras 2: flat blocks of cuDNN's own, as plain layers have them.

Source: ``_convert_rnn_weights`` in ``engine/saving.py`` of Keras 2.1 to 2.3: each gate's input
kernel is stored in rows of units, the recurrent one transposed, and both biases one after the
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfmigrate.mapping.legacy.layers import Layer, OpData, Restated, layers, owner
from tfmigrate.mapping.ops import parse_op, shapes_after
from tfmigrate.tensors import TensorInfo

_GATES = {"CuDNNLSTM": 4, "CuDNNGRU": 3}


def restate(weights: Sequence[Restated], config: dict[str, Any]) -> list[Restated]:
    """The weights, those of CuDNN layers as the plain layers have them."""
    known = layers(config)
    if not any(layer.class_name in _GATES for layer in known):
        return list(weights)
    return [_plain(w, owner(w.info, known)) for w in weights]


def _plain(weight: Restated, layer: Layer | None) -> Restated:
    if layer is None or layer.class_name not in _GATES:
        return weight
    gates, leaf = _GATES[layer.class_name], weight.info.key.split(":")[0].rsplit("/", 1)[-1]
    ops = _ops(weight.info.shape, leaf, gates)
    (shape,) = shapes_after([parse_op(op) for op in ops], [weight.info.shape])
    info = TensorInfo(
        weight.info.name, shape, weight.info.dtype, group=weight.info.group, key=weight.info.key
    )
    return Restated(info, weight.sources, ops, f"{layer.class_name} to the plain layer")


def _ops(shape: tuple[int, ...], leaf: str, gates: int) -> tuple[OpData, ...]:
    if leaf == "bias":
        if gates == 3:  # GRU(reset_after=True) keeps both
            return ({"reshape": [2, -1]},)
        return ({"split": {"axis": 0, "sizes": [shape[0] // 2] * 2}}, {"add": {}})
    units = shape[1] // gates
    split: OpData = {"split": {"axis": 1, "sizes": [units] * gates}}
    rows: tuple[OpData, ...] = ({"reshape": [units, -1]},) if leaf == "kernel" else ()
    return (split, *rows, {"transpose": [1, 0]}, {"concat": 1})

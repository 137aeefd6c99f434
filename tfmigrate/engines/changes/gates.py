"""Gates of recurrent layers in another order, and the bias of the forget gate."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np

from tfmigrate.engines.changes.base import Array, Change, Rule, View, by_rule
from tfmigrate.tensors import VariableInfo


def propose(view: View) -> Iterator[Change]:
    """Every other order of the gates, in all of the layer's variables that hold them."""
    order = _order(view)
    held = [info for group in view.groups() for info in _gated(group, order)] if order else []
    if not held:
        return
    for other in map("".join, itertools.permutations(order)):
        if other != order:
            what = f"reads the gates of its weights as {other}, not {order}"
            rule = _reordered(other, order)
            yield by_rule(view, "gate order", what, held, rule)
            for part in _parts(held):
                which = " and ".join(dict.fromkeys(info.leaf for info in part))
                yield by_rule(view, "gate order", f"{what}, in {which} alone", part, rule)
    biases = [info for info in held if "bias" in info.leaf]
    if "f" in order and biases:
        for value in (1.0, -1.0):
            does = "adds 1 to" if value > 0 else "takes 1 from"
            rule = _added(value, order)
            yield by_rule(view, "forget bias", f"{does} the bias of its forget gate", biases, rule)


def _reordered(other: str, order: str) -> Rule:
    def run(array: Array) -> Array:
        blocks = np.split(array, len(other), -1)
        return np.concatenate([blocks[other.index(gate)] for gate in order], -1)

    return Rule(({"reorder_gates": {"from": other, "to": order}},), run)


def _added(value: float, order: str) -> Rule:
    def run(array: Array) -> Array:
        blocks = [b.copy() for b in np.split(array, len(order), -1)]
        blocks[order.index("f")] += np.asarray(value, array.dtype)
        return np.concatenate(blocks, -1)

    return Rule(({"add_constant": {"value": value, "gate": "f", "gates": order}},), run)


def _parts(held: list[VariableInfo]) -> Iterator[list[VariableInfo]]:
    """The kernels, and the biases: rules often treat one and forget the other."""
    biases = [info for info in held if info.leaf == "bias"]
    if biases and len(biases) < len(held):
        yield [info for info in held if info.leaf != "bias"]
        yield biases


def _order(view: View) -> str:
    """The order in which the gates are kept: Keras's own, or TensorFlow 1's for its cells."""
    named = " ".join([*view.kinds, *(info.name for info in view.variables), *_wrapped(view)])
    if "LSTM" in named or "lstm" in named:
        recurrent = any(info.leaf == "recurrent_kernel" for info in view.variables)
        return "ifco" if recurrent else "icfo"
    return "zrh" if any(info.leaf == "recurrent_kernel" for info in view.variables) else ""


def _wrapped(view: View) -> Iterator[str]:
    inner = view.config.get("layer")
    if isinstance(inner, Mapping):
        yield str(inner.get("class_name", ""))


def _gated(group: Mapping[str, VariableInfo], order: str) -> Iterator[VariableInfo]:
    """Those of a cell's variables that hold one block per gate."""
    recurrent, bias = group.get("recurrent_kernel"), group.get("bias")
    if recurrent is not None:
        size = recurrent.shape[-1]
        units = recurrent.shape[-2]
    else:
        size = bias.shape[-1] if bias is not None else 0
        units = size // len(order)
    if size != units * len(order) or not size:
        return
    for info in group.values():
        if info.leaf in ("kernel", "recurrent_kernel", "bias") and info.shape[-1] == size:
            yield info

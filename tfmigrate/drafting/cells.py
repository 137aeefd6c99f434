"""LSTM cells of TF1 against LSTM layers of Keras: one kernel becomes two, the gates change places.

Rules: the cells of TF 1.x have gates in the order i, c, f, o, and add ``forget_bias`` when they
run; Keras has i, f, c, o and keeps it in the bias.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfmigrate.drafting.generalise import Link
from tfmigrate.tensors import TensorInfo, VariableInfo

WHY = (
    "a cell of TF1: one kernel for inputs and state, gates i, c, f, o, forget_bias 1.0 where its"
    " author gave no other"
)
_LSTM = re.compile(r"((.+/)?(basic_)?lstm_(fused_|block_)?cell(_\d+)?)/(kernel|bias)")
_ORDER = {"reorder_gates": {"from": "icfo", "to": "ifco"}}
_FORGET = {"add_constant": {"value": 1.0, "gate": "f", "gates": "ifco"}}


@dataclass(frozen=True)
class Cells:
    """What is known about LSTM cells.

    Attributes:
        links: What becomes what, where only one layer fits.
        held: Tensors that a plain copy would be wrong for, though a shape may fit.
    """

    links: tuple[Link, ...] = ()
    held: frozenset[str] = frozenset()


def cells(tensors: Mapping[str, TensorInfo], variables: Mapping[str, VariableInfo]) -> Cells:
    """TF1's LSTM cells among the open tensors, where the open variables have Keras layers."""
    layers = [v.rpartition("/")[0] for v in variables if v.endswith("/recurrent_kernel")]
    scopes: dict[str, dict[str, TensorInfo]] = {}
    for name, tensor in tensors.items():
        match = _LSTM.fullmatch(name)
        if match:
            scopes.setdefault(match[1], {})[name.rpartition("/")[2]] = tensor
    if not layers or not scopes:
        return Cells()
    fits = {s: [h for h in layers if _fits(found, h, variables)] for s, found in scopes.items()}
    links: list[Link] = []
    for scope, heads in fits.items():
        rivals = [s for s, other in fits.items() if set(other) & set(heads)]
        if len(heads) == 1 and rivals == [scope]:
            links += _links(scopes[scope], heads[0], variables)
    held = frozenset(t.name for found in scopes.values() for t in found.values())
    return Cells(tuple(links), held)


def _fits(
    found: Mapping[str, TensorInfo], head: str, variables: Mapping[str, VariableInfo]
) -> bool:
    kernel, inputs = found.get("kernel"), variables.get(f"{head}/kernel")
    state = variables[f"{head}/recurrent_kernel"]
    if kernel is None or inputs is None or len(kernel.shape) != 2 or len(inputs.shape) != 2:
        return False
    units = kernel.shape[1] // 4
    wide = (kernel.shape[0] - units, kernel.shape[1])
    return state.shape == (units, 4 * units) and inputs.shape == wide


def _links(
    found: Mapping[str, TensorInfo], head: str, variables: Mapping[str, VariableInfo]
) -> list[Link]:
    kernel, inputs = found["kernel"], variables[f"{head}/kernel"].shape[0]
    parts: dict[str, Any] = {"split": {"axis": 0, "sizes": [inputs, kernel.shape[0] - inputs]}}
    links = [Link(kernel.name, (f"{head}/kernel", f"{head}/recurrent_kernel"), (_ORDER, parts))]
    if "bias" in found and f"{head}/bias" in variables:
        links.append(Link(found["bias"].name, (f"{head}/bias",), (_ORDER, _FORGET)))
    return links

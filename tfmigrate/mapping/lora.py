"""LoRA in H5 files of Keras 3: a kernel and its low-rank update become the one kernel they mean.

Source: Keras 3.0 to 3.15 compute ``kernel + lora_alpha / lora_rank * (lora_*_a @ lora_*_b)`` in
Dense, EinsumDense, Embedding and the convolutions alike; before 3.9 there is no ``lora_alpha``, and
the factor is 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tfmigrate.errors import MappingProblem, Problem
from tfmigrate.results import Assignment, Plan
from tfmigrate.tensors import TensorInfo

_HALF = re.compile(r"(?P<path>.*/)?lora_(?P<leaf>kernel|embeddings)_(?P<half>[ab])(:0)?")

# A layer's path in the file to alpha / rank; None where the file does not say it.
Scale = Callable[[str], float | None]


@dataclass(frozen=True)
class Update:
    """The low-rank update of one kernel.

    Attributes:
        halves: Names of its two tensors, ``a`` and ``b``.
        scale: What their product is multiplied with.
    """

    halves: tuple[str, str]
    scale: float


def updates(tensors: Sequence[TensorInfo], scale: Scale, where: str = "") -> dict[str, Update]:
    """The low-rank updates in a file, by the name of the tensor that each one changes.

    Raises:
        MappingProblem: A half is missing, the kernel is quantised, or nothing says the factor.
    """
    parts: dict[tuple[str, str, str], dict[str, str]] = {}
    for tensor in tensors:
        if match := _HALF.fullmatch(tensor.key):
            place = (tensor.group, match["path"] or "", match["leaf"])
            parts.setdefault(place, {})[match["half"]] = tensor.name
    kernels = {(t.group, t.key.removesuffix(":0")): t for t in tensors}
    found: dict[str, Update] = {}
    problems: list[Problem] = []
    for (group, path, leaf), halves in parts.items():
        kernel, factor = kernels.get((group, path + leaf)), scale(path.rstrip("/"))
        if kernel is None or len(halves) < 2 or not kernel.dtype.startswith(("float", "bfloat")):
            what = "the kernel beside it is quantised or not there: nothing to merge it with"
            problems.append(Problem(what, where=", ".join(halves.values())))
        elif factor is None:
            what = "the file does not say the factor (lora_alpha) of this update"
            problems.append(Problem(what, where=", ".join(halves.values())))
        else:
            found[kernel.name] = Update((halves["a"], halves["b"]), factor)
    if problems:
        raise MappingProblem(
            "low-rank updates (LoRA) cannot be merged", problems, where=where,
            help="save the model as .keras with the Keras that wrote it, which merges them",
        )  # fmt: skip
    return found


def without_halves(
    tensors: Sequence[TensorInfo], found: dict[str, Update]
) -> tuple[TensorInfo, ...]:
    """The tensors that a plain layer has."""
    halves = {name for update in found.values() for name in update.halves}
    return tuple(t for t in tensors if t.name not in halves)


def merged(plan: Plan, found: dict[str, Update]) -> Plan:
    """The plan with every update added to its kernel."""
    return replace(plan, assignments=tuple(_merged(a, found) for a in plan.assignments))


def _merged(assignment: Assignment, found: dict[str, Update]) -> Assignment:
    update = found.get(assignment.sources[0]) if len(assignment.sources) == 1 else None
    if update is None:
        return assignment
    op = {"add_product": {"scale": update.scale}}
    return replace(
        assignment, sources=(*assignment.sources, *update.halves), ops=(op, *assignment.ops)
    )

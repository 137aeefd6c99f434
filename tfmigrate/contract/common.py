"""What two signatures have in common, so that both can be asked the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tfmigrate.contract.model import COMPOSITE, Endpoint, Tensor
from tfmigrate.contract.pairing import paired
from tfmigrate.errors import shown
from tfmigrate.tensors import Shape, TensorSpec

_NO_TYPES = ("", "resource", "variant")


@dataclass(frozen=True)
class Common:
    """What both signatures take and give; A's names throughout.

    Attributes:
        key: The signature.
        inputs: What both take.
        outputs: What both give, with A's types.
        input_names: A's input names, and B's.
        output_names: A's output names, and B's.
        notes: Which names were taken for the same, and what only one of them gives.
        why: Why they cannot be asked the same; "" where they can.
    """

    key: str
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()
    input_names: dict[str, str] = field(default_factory=dict)
    output_names: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    why: str = ""


def common(a: Endpoint, b: Endpoint) -> Common:
    """What two signatures of one key have in common."""
    takes = paired([t.name for t in a.inputs], [t.name for t in b.inputs])
    if takes is None or len(a.inputs) != len(b.inputs):
        return Common(a.key, why="they take other inputs")
    theirs = {t.name: t for t in b.inputs}
    specs, problems = [], []
    for tensor in a.inputs:
        found = _both(tensor, theirs[takes[tensor.name]])
        if isinstance(found, str):
            problems.append(f"input {shown(tensor.name)}: {found}")
        else:
            specs.append(found)
    gives = _outputs(a.outputs, b.outputs)
    if not gives:
        problems.append("they have no output in common")
    if problems:
        return Common(a.key, why="; ".join(problems))
    outputs = tuple(TensorSpec(t.name, t.shape or (), t.dtype) for t in a.outputs
                    if t.name in gives)  # fmt: skip
    notes = (*_renamed("input", takes), *_renamed("output", gives), *_left(a, b, gives))
    return Common(a.key, tuple(specs), outputs, takes, gives, notes)


def _both(a: Tensor, b: Tensor) -> TensorSpec | str:
    """What both take, or why there is nothing."""
    if COMPOSITE in (a.kind, b.kind):
        return "it is sparse, ragged or composite"
    if a.dtype != b.dtype or a.dtype in _NO_TYPES:
        return f"the one takes {shown(a.dtype)}, the other {shown(b.dtype)}"
    if a.shape is None and b.shape is None:
        return "neither says its rank"
    shape = _narrow(a.shape, b.shape)
    return "no shape fits both" if shape is None else TensorSpec(a.name, shape, a.dtype)


def _narrow(a: Shape | None, b: Shape | None) -> Shape | None:
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        return None
    pairs = list(zip(a, b, strict=True))
    if any(o != n and o is not None and n is not None for o, n in pairs):
        return None
    return tuple(n if o is None else o for o, n in pairs)


def _outputs(a: Sequence[Tensor], b: Sequence[Tensor]) -> dict[str, str]:
    ours, theirs = ([t.name for t in side if t.kind != COMPOSITE] for side in (a, b))
    return paired(ours, theirs) or {name: name for name in ours if name in theirs}


def _renamed(side: str, names: dict[str, str]) -> list[str]:
    return [
        f"{side} {shown(one)} was taken for {shown(other)}, the only one on either side"
        for one, other in names.items()
        if one != other
    ]


def _left(a: Endpoint, b: Endpoint, gives: dict[str, str]) -> list[str]:
    left = [t.name for t in a.outputs if t.name not in gives]
    left += [t.name for t in b.outputs if t.name not in gives.values()]
    return [f"not compared: output {shown(name)}, which both do not give" for name in left]

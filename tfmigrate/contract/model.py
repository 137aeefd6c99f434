"""A contract: what callers of a SavedModel rely on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tfmigrate.tensors import Shape, Signature, TensorSpec

DENSE, COMPOSITE = "dense", "composite"


@dataclass(frozen=True)
class Tensor:
    """An input or output as its callers know it.

    Attributes:
        name: Its public name.
        dtype: NumPy's name of its type; "" where it is composite.
        shape: Its shape, ``None`` for a free dimension; ``None`` as a whole for any rank.
        kind: ``dense``; ``composite`` where it is sparse, ragged or made of several tensors.
    """

    name: str
    dtype: str
    shape: Shape | None
    kind: str = DENSE


@dataclass(frozen=True)
class Endpoint:
    """A signature as its callers know it.

    Attributes:
        key: Its name.
        inputs: What it takes, by name.
        outputs: What it gives, by name.
        method: ``predict``, ``classify``, ``regress``, or what a file calls it.
    """

    key: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    method: str = "predict"


@dataclass(frozen=True)
class Contract:
    """The signatures of a SavedModel.

    Attributes:
        signatures: Each signature.
        origin: Where they were read from, "" for those of this run.
    """

    signatures: tuple[Endpoint, ...]
    origin: str = ""

    def by_key(self) -> dict[str, Endpoint]:
        """The signatures by their names."""
        return {endpoint.key: endpoint for endpoint in self.signatures}


def of(signatures: Iterable[Signature], origin: str = "") -> Contract:
    """The contract that signatures of ours make."""
    return Contract(
        tuple(
            Endpoint(s.key, _tensors(s.inputs), _tensors(s.outputs), s.method) for s in signatures
        ),
        origin,
    )


def _tensors(specs: Iterable[TensorSpec]) -> tuple[Tensor, ...]:
    return tuple(Tensor(s.name, s.dtype, s.shape) for s in specs)

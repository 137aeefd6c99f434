"""What a recipe asks of a graph: which tensors are inputs and outputs, and which have values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tfmigrate.graphs.nodes import Tensor, tensor
from tfmigrate.tensors import Shape


@dataclass(frozen=True)
class GraphInput:
    """An input of the model: a tensor, with its shape (None where its rank is free) and type."""

    tensor: str
    shape: Shape | None
    dtype: str


@dataclass(frozen=True)
class Feed:
    """A tensor that always has the same value."""

    tensor: str
    value: Any
    dtype: str


@dataclass(frozen=True)
class Asked:
    """A model inside a graph.

    Attributes:
        inputs: By name.
        outputs: Names, and their tensors.
        feeds: Tensors with their values.
        inference: Whether a graph of training is to be taken as one of inference.
        sizes: Shapes of variables that the graph does not state, by node.
        stated: Shapes of outputs as a signature states them, where it does.
    """

    inputs: dict[str, GraphInput]
    outputs: dict[str, str]
    feeds: tuple[Feed, ...] = ()
    inference: bool = False
    sizes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    stated: dict[str, Shape] = field(default_factory=dict)

    def given(self) -> dict[Tensor, bool | None]:
        """Every tensor whose value comes from outside; its truth value, None where it has none."""
        found: dict[Tensor, bool | None] = {of(i.tensor): None for i in self.inputs.values()}
        for feed in self.feeds:
            found[of(feed.tensor)] = feed.value if isinstance(feed.value, bool) else None
        return found

    def wanted(self) -> tuple[Tensor, ...]:
        """The tensors of the outputs."""
        return tuple(of(text) for text in self.outputs.values())


@dataclass(frozen=True)
class Endpoint:
    """A signature of a graph: its key, its method as we call it, and what it asks of the graph."""

    key: str
    asked: Asked
    method: str = "predict"


def of(text: str) -> Tensor:
    """A tensor that is known to be written rightly."""
    found = tensor(text)
    if found is None:
        raise ValueError(f"{text!r} is no tensor")
    return found

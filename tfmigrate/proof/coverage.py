"""How much of a model its probes made speak."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InputCoverage:
    """What the probes tried of one input.

    Attributes:
        name: The input.
        samples: How many samples it got, over all probes.
        lengths: The sizes that its free dimensions had.
        low: The smallest value, None for text.
        high: The largest value.
        rows: How many rows the embedding has that looks it up, 0 where none does.
        touched: How many of them were looked up.
    """

    name: str
    samples: int
    lengths: tuple[int, ...] = ()
    low: float | None = None
    high: float | None = None
    rows: int = 0
    touched: int = 0


@dataclass(frozen=True)
class OutputCoverage:
    """What the answers to the probes showed of one output.

    Attributes:
        name: The output.
        positions: How many elements one sample has.
        dead: How many of them were the same in every sample.
        saturated: The share of all elements that sit at the ends of a sigmoid, tanh or softmax.
    """

    name: str
    positions: int
    dead: int = 0
    saturated: float = 0.0


@dataclass(frozen=True)
class Coverage:
    """How much of the model the probes made speak.

    Attributes:
        inputs: One entry per input.
        outputs: One entry per float output, as the reference answered.
        warnings: Why the probes prove little, a sentence each; empty where they do not.
    """

    inputs: tuple[InputCoverage, ...] = ()
    outputs: tuple[OutputCoverage, ...] = ()
    warnings: tuple[str, ...] = ()

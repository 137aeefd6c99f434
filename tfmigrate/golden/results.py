"""What a recording is, as text and JSON say it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tfmigrate.tensors import TensorSpec


@dataclass(frozen=True)
class Recorded:
    """A golden file that was made.

    Attributes:
        source: What was run.
        output: The golden file.
        runtime: The row of the table, "" where the user's own environment was used.
        chosen: Why it was that one.
        python: The interpreter that ran it.
        recorded: The versions that took part, and what else the golden file says of itself.
        inputs: Name, shape and type of each input of the first probe.
        outputs: The same of its outputs.
        probes: How many probes there are.
        activations: How many layers' outputs are in it.
        notes: What a person should know.
    """

    source: str
    output: str
    runtime: str
    chosen: str
    python: str
    recorded: dict[str, str] = field(default_factory=dict)
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()
    probes: int = 0
    activations: int = 0
    notes: tuple[str, ...] = ()

"""What one migration was asked to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Called with (step, done, total); total 0 where it is not known.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Options:
    """What one migration was asked to do.

    Attributes:
        recipe: A recipe file, the name of one in the library, or a Keras model.json / model.yaml.
        parameters: Values for the recipe's parameters.
        golden: A golden file with recorded inputs and outputs.
        inputs: An .npz of inputs to probe with (``inputs/NAME``).
        samples: How many probes to make.
        seed: The seed of the probes.
        rtol: ``1e-5`` or ``output:1e-4``, each.
        atol: As ``rtol``.
        require_evidence: The least level of evidence that is accepted.
        rename_inputs: Old to new names of the signature's inputs.
        rename_outputs: Old to new names of the signature's outputs.
        batch: ``dynamic``, or a number that fixes the batch dimension.
        backend: ``theano`` or ``tensorflow``, where a file does not say.
        signature: The key of the exported signature; the recipe's only one, or serving_default,
            where it is empty.
        model_version: Write OUTPUT/N/, the layout TensorFlow Serving watches.
        overwrite: Replace what is at OUTPUT, by one atomic exchange.
        dry_run: Stop after the plan; write nothing.
        verify: Check the export; without it the certificate says UNVERIFIED.
        memory: Bytes that a worker may use beyond its start, instead of the computed limit.
        gpu: Let workers see CUDA devices.
        verbose: Let TensorFlow's own log lines through.
    """

    recipe: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    golden: Path | None = None
    inputs: Path | None = None
    samples: int = 3
    seed: int = 0
    rtol: tuple[str, ...] = ()
    atol: tuple[str, ...] = ()
    require_evidence: str | None = None
    rename_inputs: Mapping[str, str] = field(default_factory=dict)
    rename_outputs: Mapping[str, str] = field(default_factory=dict)
    batch: str = "dynamic"
    backend: str | None = None
    signature: str = ""
    model_version: int | None = None
    overwrite: bool = False
    dry_run: bool = False
    verify: bool = True
    memory: int | None = None
    gpu: bool = False
    verbose: bool = False

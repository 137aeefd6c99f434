"""The probes of one migration, and the recorded answers where there are any."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tfmigrate.errors import UsageProblem
from tfmigrate.options import Options
from tfmigrate.parity import golden, probes
from tfmigrate.parity.probes import Probe
from tfmigrate.recipe import Recipe
from tfmigrate.tensors import Hint, Signature


@dataclass(frozen=True)
class Probing:
    """What the exported model will be asked.

    Attributes:
        probes: Inputs by their public names.
        recorded: The original runtime's answers, one mapping per probe; empty where not given.
        hints: What is known of the inputs' values.
        seed: What the probes were made from; None where they were given.
        notes: What a person should know about them.
        recorder: What recorded them, as it says.
        sources: The SHA-256 of each file that was recorded from, by its name.
        special: How many of them, the last, are zeros, ones and extremes and not random.
    """

    probes: tuple[Probe, ...]
    recorded: tuple[Probe, ...] = ()
    hints: Mapping[str, Hint] = field(default_factory=dict)
    seed: int | None = None
    notes: tuple[str, ...] = ()
    special: int = 0
    recorder: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def probing_for(
    signature: Signature, hints: Mapping[str, Hint], recipe: Recipe | None, options: Options
) -> Probing:
    """The probes: a golden file's, the user's own, or made up from what is known of the inputs.

    Raises:
        NotProved: The golden file does not fit the signature.
        UsageProblem: The file of inputs does not fit the signature.
        Damaged: A file of inputs cannot be read.
        NotSupported: No probes can be made up for the inputs, or too big ones.
    """
    known = {n: h for n, h in hints.items() if any(s.name == n for s in signature.inputs)}
    if options.golden is not None:
        read = golden.read(options.golden, signature)
        inputs, outputs = zip((read.inputs, read.outputs), *read.more, strict=True)
        return Probing(
            inputs,
            outputs,
            known,
            None,
            read.notes,
            recorder=_recorder(read, options.golden),
            sources=read.sources,
        )
    if options.inputs is not None:
        asked = Signature(signature.key, signature.inputs, ())
        only = golden.read(options.inputs, asked, "inputs file", UsageProblem)
        given = (only.inputs, *(inputs for inputs, _ in only.more))
        return Probing(given, hints=known, notes=only.notes)
    for name, (low, high) in (recipe.input_ranges() if recipe else {}).items():
        found = known.get(name, Hint())
        known[name] = Hint(low, high, found.lengths, found.rows)
    random = options.samples
    made = probes.make_probes(signature.inputs, known, options.seed, random, extremes=True)
    return Probing(made, hints=known, seed=options.seed, special=len(made) - random)


def write(probing: Probing, scratch: Path) -> Path:
    """The probes as a file that workers read."""
    path = scratch / "probes.npz"
    probes.save(path, probing.probes)
    return path


def _recorder(read: golden.Golden, path: Path) -> dict[str, str]:
    """What the golden file says of itself, and which file it is."""
    return {**read.recorded, "golden sha256": hashlib.sha256(path.read_bytes()).hexdigest()}

"""The probes of one migration, and the recorded answers where there are any."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tfmigrate.errors import NotProved, TfmigrateError, UsageProblem
from tfmigrate.export.views import View
from tfmigrate.options import Options
from tfmigrate.parity import golden, probes
from tfmigrate.parity.probes import BATCHES, Array, Probe, make_probes
from tfmigrate.processing import Chain
from tfmigrate.processing.examples import together
from tfmigrate.recipe import Recipe
from tfmigrate.tensors import Hint, Signature, TensorSpec


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
        given: Whether the user gave them.
    """

    probes: tuple[Probe, ...]
    recorded: tuple[Probe, ...] = ()
    hints: Mapping[str, Hint] = field(default_factory=dict)
    seed: int | None = None
    notes: tuple[str, ...] = ()
    special: int = 0
    recorder: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    given: bool = False

    def only(self, numbers: Sequence[int]) -> Probing:
        """The same with some of the probes alone; they cannot be made again from the seed."""
        random = len(self.probes) - self.special
        special = sum(n >= random for n in numbers)
        some = tuple(self.probes[n] for n in numbers)
        return replace(self, probes=some, special=special, seed=None)


def probings(
    views: Sequence[View],
    hints: Mapping[str, Mapping[str, Hint]],
    recipe: Recipe | None,
    options: Options,
) -> list[Probing]:
    """The probes of each signature.

    A golden file or a file of inputs is for the first signature that it fits.

    Args:
        views: The signatures.
        hints: What is known of the inputs of each function, by its key.
        recipe: What it says of the inputs.
        options: What the user gives.

    Raises:
        NotProved: The golden file fits no signature.
        UsageProblem: The file of inputs fits none.
        Damaged: A file of inputs cannot be read.
        NotSupported: No probes can be made up for the inputs, or too big ones.
    """
    given = _given(views, options)
    return [
        replace(given[i], hints=_hints(v, hints[v.function], recipe))
        if i in given
        else _made_up(v, _hints(v, hints[v.function], recipe), options)
        for i, v in enumerate(views)
    ]  # fmt: skip


def _given(views: Sequence[View], options: Options) -> dict[int, Probing]:
    """What the user gives, by the number of the signature that it fits; the first one's trouble
    where it fits none."""
    if options.golden is None and options.inputs is None:
        return {}
    read = _golden if options.golden is not None else _inputs
    trouble: TfmigrateError | None = None
    for i in _named_alike(views, options.golden or options.inputs):
        try:
            return {i: read(views[i].signature, options)}
        except (NotProved, UsageProblem) as error:
            trouble = trouble or error
    assert trouble is not None
    raise trouble


def _named_alike(views: Sequence[View], path: Path | None) -> list[int]:
    """The numbers of the signatures, those first that have the names of the file's inputs.

    A single input may have another name in the file: that must not win over one of its own name.
    """
    try:
        with zipfile.ZipFile(path or "") as file:
            found = {n.removesuffix(".npy") for n in file.namelist()}
    except (OSError, zipfile.BadZipFile):  # told where it is read
        found = set()
    named = [{f"inputs/{s.name}" for s in view.signature.inputs} for view in views]
    return sorted(range(len(views)), key=lambda i: not named[i] <= found)


def _golden(signature: Signature, options: Options) -> Probing:
    assert options.golden is not None
    read = golden.read(options.golden, signature)
    inputs, outputs = zip((read.inputs, read.outputs), *read.more, strict=True)
    return Probing(
        inputs,
        outputs,
        notes=read.notes,
        recorder=_recorder(read, options.golden),
        sources=read.sources,
        given=True,
    )


def _inputs(signature: Signature, options: Options) -> Probing:
    assert options.inputs is not None
    asked = replace(signature, outputs=())
    only = golden.read(options.inputs, asked, "inputs file", UsageProblem)
    given = (only.inputs, *(inputs for inputs, _ in only.more))
    return Probing(given, notes=only.notes, given=True)


def _made_up(view: View, hints: Mapping[str, Hint], options: Options) -> Probing:
    random = options.samples
    probes = made(view, hints, options.seed, random, extremes=True)
    chance = None if view.chains else options.seed  # steps have examples of their own
    return Probing(probes, hints=hints, seed=chance, special=max(0, len(probes) - random))


def made(
    view: View, hints: Mapping[str, Hint], seed: int, samples: int, extremes: bool = False
) -> tuple[Probe, ...]:
    """Inputs of a signature that are made up.

    Args:
        view: The signature; its steps say what they take.
        hints: What is known of the inputs that reach the model as they are.
        seed: What chance starts from.
        samples: How many of them are random.
        extremes: Whether special ones follow.

    Raises:
        NotSupported: No probes can be made up for the inputs, or too big ones.
    """
    stepped: dict[str, list[Chain]] = {}
    for link in view.inputs.values():
        if link.chain:
            stepped.setdefault(link.source, []).append(link.chain)
    plain = [s for s in view.signature.inputs if s.name not in stepped]
    if not stepped:
        return make_probes(plain, dict(hints), seed, samples, extremes)
    known = {n: h for n, h in hints.items() if n not in stepped}
    found = make_probes(plain, known, seed, samples) if plain else ({},) * samples
    random = np.random.Generator(np.random.PCG64(seed))
    specs = [s for s in view.signature.inputs if s.name in stepped]
    batches = [_batch(probe, BATCHES[i % len(BATCHES)]) for i, probe in enumerate(found)]
    return tuple(
        {**probe, **{s.name: _example(stepped[s.name], s, random, batch) for s in specs}}
        for probe, batch in zip(found, batches, strict=True)
    )


def _batch(probe: Probe, usual: int) -> int:
    """The batch that a probe has; the usual one where nothing in it says."""
    return next((a.shape[0] for a in probe.values() if a.ndim), usual)


def _example(
    chains: Sequence[Chain], spec: TensorSpec, random: np.random.Generator, batch: int
) -> Array:
    """Values that some chains of steps take."""
    if spec.shape and spec.shape[0] is not None:
        batch = spec.shape[0]
    found: Array = together(chains, random, batch if spec.shape else 1, spec)
    return found if spec.shape else found[0]


def _hints(view: View, hints: Mapping[str, Hint], recipe: Recipe | None) -> dict[str, Hint]:
    """What is known of what callers send, where it reaches the model as it is."""
    known = {k.source: hints[n] for n, k in view.inputs.items() if n in hints and k.chain is None}
    public = {s.name for s in view.signature.inputs}
    for name, (low, high) in (recipe.input_ranges() if recipe else {}).items():
        if name in public:
            found = known.get(name, Hint())
            known[name] = Hint(low, high, found.lengths, found.rows)
    return known


def write(probing: Probing, folder: Path, view: View | None = None) -> Path:
    """The probes as files that workers read: as they are sent, and as the model gets them."""
    path = folder / "sent.npz"
    probes.save(path, probing.probes)
    if view is not None:
        probes.save(folder / "probes.npz", [view.given(probe) for probe in probing.probes])
    return path


def _recorder(read: golden.Golden, path: Path) -> dict[str, str]:
    """What the golden file says of itself, and which file it is."""
    return {**read.recorded, "golden sha256": hashlib.sha256(path.read_bytes()).hexdigest()}

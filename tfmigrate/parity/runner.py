"""Run an exported SavedModel from disk with TensorFlow alone, by its public names.

Runs in a worker that keeps both Kerases out; TensorFlow is imported on use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.errors import NotProved, shown
from tfmigrate.lazy import load
from tfmigrate.parity import oldest, portable
from tfmigrate.parity.compare import compare
from tfmigrate.parity.npz import dtype_name
from tfmigrate.parity.probes import Array, Probe
from tfmigrate.proof import OutputComparison, Portability
from tfmigrate.tensors import Tolerance

REPEATABLE, BATCH = "repeatable", "batch-independent"


@dataclass(frozen=True)
class Answered:
    """What a signature answered, and what was noticed.

    Attributes:
        outputs: Its outputs by public name, one mapping per probe.
        checks: ``repeatable`` (the same probe twice gives the same bits) and ``batch-independent``
            (a batch gives what its samples give one by one; absent where nothing is batched).
        unsteady: Outputs that differ between two calls with the same inputs.
        apart: How far a batch is from its samples one by one, by output.
    """

    outputs: list[Probe]
    checks: dict[str, bool]
    unsteady: tuple[str, ...] = ()
    apart: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What a SavedModel answered, signature by signature.

    Attributes:
        answered: The answers, in the order of the questions.
        portability: Its ops, and the oldest TensorFlow that has them.
        unportable: Why not every server can run it, a sentence per reason.
    """

    answered: tuple[Answered, ...]
    portability: Portability
    unportable: tuple[str, ...]


def run_saved_model(
    path: Path,
    asked: Sequence[tuple[str, Sequence[Probe]]],
    tolerances: Mapping[str, Tolerance] | None = None,
    then: Callable[[Any], None] | None = None,
) -> Run:
    """Call signatures of the SavedModel at ``path``, each on its probes.

    Args:
        path: The SavedModel.
        asked: Keys of signatures, and inputs by public name in the types of the signature.
        tolerances: For the batch check, by output name.
        then: Is given the loaded SavedModel once it has answered.

    Raises:
        NotProved: There is no such signature, or a probe has other names or types than it.
        RuntimeError: Keras is imported in this process.
    """
    loaded = load("tensorflow").saved_model.load(str(path))  # held: its variables die with it
    answered = tuple(_answered(_signature(loaded, key), p, tolerances or {}) for key, p in asked)
    if then is not None:
        then(loaded)
    refuse_keras()  # at the end: whatever loading and running imported is seen too
    found = list(portable.nodes(path))
    reasons = sorted({portable.unportable(node) for node in found} - {""})
    return Run(answered, oldest.oldest(found), (*reasons, *_paths(path)))


def _answered(
    function: Any, probes: Sequence[Probe], tolerances: Mapping[str, Tolerance]
) -> Answered:
    outputs = [_call(function, probe) for probe in probes]
    again = _call(function, probes[0]) if probes else {}
    unsteady = tuple(n for n, a in again.items() if _bits(a) != _bits(outputs[0][n]))
    checks = {REPEATABLE: bool(probes) and not unsteady}
    steady = [{n: a for n, a in o.items() if n not in unsteady} for o in outputs]
    split = _one_by_one(function, probes, steady, tolerances)
    if split:
        checks[BATCH] = all(split)
    apart = {o.name: o.max_abs for o in split if o.tolerance is not None}
    return Answered(outputs, checks, unsteady, apart)


def answers(path: Path, key: str, probes: Sequence[Probe]) -> list[Probe]:
    """What signature ``key`` answers to every probe, and nothing else.

    Raises:
        NotProved: As :func:`run_saved_model`.
    """
    loaded = load("tensorflow").saved_model.load(str(path))  # held: its variables die with it
    function = _signature(loaded, key)
    return [_call(function, probe) for probe in probes]


def _paths(path: Path) -> Iterator[str]:
    for private in portable.mentions(path, (str(path), sys.prefix, str(Path.home()))):
        yield f"it names a path of this machine, {private}"


def refuse_keras() -> None:
    """Make sure that no Keras has a hand in what this process computes.

    Raises:
        RuntimeError: One is imported.
    """
    packages = ("keras", "tf_keras")
    found = [p for p in packages if sys.modules.get(p) is not None]
    if found:
        raise RuntimeError(f"{found[0]} is imported in the process that verifies")


def _signature(loaded: Any, key: str) -> Any:
    if key not in loaded.signatures:
        there = ", ".join(shown(k) for k in sorted(loaded.signatures)) or "none"
        raise NotProved(f"the SavedModel has no signature {shown(key)}", help=f"it has: {there}")
    return loaded.signatures[key]


def _call(function: Any, probe: Probe) -> Probe:
    tf = load("tensorflow")
    specs = function.structured_input_signature[1]
    for name in {*specs, *probe}:
        wants = specs[name].dtype.name if name in specs else "nothing"
        has = dtype_name(probe[name]) if name in probe else "nothing"
        if wants != has:
            raise NotProved(
                f"the signature takes {wants} and the probe has {has}",
                where=f"input {shown(name)}",
            )
    tensors = {name: tf.constant(array, specs[name].dtype) for name, array in probe.items()}
    return {name: np.asarray(tensor.numpy()) for name, tensor in function(**tensors).items()}


def _bits(array: Array) -> Any:
    """Something that differs where a bit differs; NaNs are equal to themselves by it."""
    return array.tolist() if array.dtype.kind == "O" else (array.shape, array.tobytes())


def _one_by_one(
    function: Any,
    probes: Sequence[Probe],
    outputs: Sequence[Probe],
    tolerances: Mapping[str, Tolerance],
) -> tuple[OutputComparison, ...]:
    """A batch beside its samples one by one; empty where no probe can be taken apart."""
    for probe, whole in zip(probes, outputs, strict=True):
        size = _batch(function, probe)
        names = _batched(function, whole, size)
        if size > 1 and names:
            singles = [_call(function, _sample(probe, i, list(probe))) for i in range(size)]
            one_by_one = [{n: single[n] for n in names} for single in singles]
            apart = [_sample(whole, i, names) for i in range(size)]
            return compare(apart, one_by_one, tolerances)
    return ()


def _batched(function: Any, output: Probe, size: int) -> list[str]:
    """The outputs whose first dimension is the batch."""
    return [
        name
        for name, spec in function.structured_outputs.items()
        if name in output
        and spec.shape.rank
        and spec.shape[0] is None
        and output[name].shape[0] == size
    ]


def _sample(arrays: Probe, at: int, names: Sequence[str]) -> Probe:
    return {name: arrays[name][at : at + 1] for name in names}


def _batch(function: Any, probe: Probe) -> int:
    """The batch that all inputs share, 0 where one has none or a fixed one."""
    specs = function.structured_input_signature[1]
    free = all(s.shape.rank and s.shape[0] is None for s in specs.values())
    sizes = {a.shape[0] for a in probe.values() if a.ndim}
    return sizes.pop() if free and len(sizes) == 1 else 0

"""Probes: inputs that know the model, the same on every run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.errors import Damaged, NotSupported, UsageProblem, nearest, shown
from tfmigrate.parity import npz
from tfmigrate.tensors import Hint, TensorSpec

Array = np.ndarray[Any, Any]
Probe = dict[str, Array]

BATCHES = (1, 2, 5)
# Where one sample is big, as an image is, a batch of 5 costs more than it proves.
BIG = 20_000
BIG_BATCHES = (1, 2, 1)
# Bytes of all probes together, and what one array costs beside its values.
LIMIT, EACH = 256 << 20, 128
_WORDS = (b"alpha", b"beta", b"gamma", b"delta", b"the", b"a", b"", b"Stra\xc3\x9fe", b"42")


def make_probes(
    inputs: Sequence[TensorSpec],
    hints: Mapping[str, Hint] | None = None,
    seed: int = 0,
    samples: int = len(BATCHES),
) -> tuple[Probe, ...]:
    """Inputs of batch 1, 2, 5, 1, ..., with another length each time where lengths are free.

    Where one sample has more than :data:`BIG` elements the batches are 1, 2, 1.

    The batch is the first dimension where it is free; inputs share it. Floats are normal, or
    uniform between the hint's bounds; integers uniform in ``[low, high)``, 0 or 1 without a hint.

    Raises:
        UsageProblem: ``samples`` is below 1, or a hint is about no input or is empty.
        NotSupported: An input's type is none that can be made up, or the probes would take
            more than :data:`LIMIT` bytes.
    """
    hints = dict(hints or {})
    _refuse_hints(inputs, hints, samples)
    batches = _batches(inputs, hints)
    _refuse_size(inputs, hints, samples, batches)
    random = np.random.Generator(np.random.PCG64(seed))
    return tuple(
        {
            spec.name: _values(
                spec, _shape(spec, hints.get(spec.name, Hint()), i, batches), hints, random
            )
            for spec in inputs
        }
        for i in range(samples)
    )


def save(path: Path, probes: Sequence[Probe], outputs: Sequence[Probe] = ()) -> None:
    """Write probes as ``0/inputs/NAME``, and their outputs as ``0/outputs/NAME``."""
    npz.save(path, {**flat("inputs", probes), **flat("outputs", outputs)})


def load(path: Path) -> tuple[tuple[Probe, ...], tuple[Probe, ...]]:
    """The probes of a file that :func:`save` wrote, and the outputs, where it holds any.

    Raises:
        Damaged: The file is none of those.
    """
    arrays = npz.load(path, ours=True)
    found: dict[str, dict[int, Probe]] = {"inputs": {}, "outputs": {}}
    for key, array in arrays.items():
        number, _, rest = key.partition("/")
        kind, _, name = rest.partition("/")
        if not number.isdecimal() or kind not in found or not name:
            raise Damaged(f"an array named {shown(key)} is none of a probe", where=path.name)
        found[kind].setdefault(int(number), {})[name] = array
    for kind, by_number in found.items():
        if sorted(by_number) != list(range(len(by_number))):
            raise Damaged(f"the {kind} are not numbered 0, 1, 2, ...", where=path.name)
    ins, outs = ([found[k][i] for i in sorted(found[k])] for k in ("inputs", "outputs"))
    return tuple(ins), tuple(outs)


def flat(kind: str, probes: Sequence[Probe]) -> Probe:
    """Probes as one flat mapping, ``0/<kind>/NAME``."""
    return {f"{i}/{kind}/{n}": a for i, probe in enumerate(probes) for n, a in probe.items()}


def _shape(spec: TensorSpec, hint: Hint, sample: int, batches: Sequence[int]) -> tuple[int, ...]:
    """The sample's shape: every free dimension but the batch has one length within an input."""
    length = hint.lengths[sample % len(hint.lengths)]
    batch = batches[sample % len(batches)]
    return tuple(
        size if size is not None else batch if axis == 0 else length
        for axis, size in enumerate(spec.shape)
    )


def _batches(inputs: Sequence[TensorSpec], hints: Mapping[str, Hint]) -> Sequence[int]:
    """The batch sizes that these inputs get, all of them the same."""
    shapes = [_shape(s, hints.get(s.name, Hint()), 0, (1,)) for s in inputs]
    return BIG_BATCHES if sum(map(math.prod, shapes)) > BIG else BATCHES


def _values(
    spec: TensorSpec, shape: tuple[int, ...], hints: Mapping[str, Hint], random: np.random.Generator
) -> Array:
    hint = hints.get(spec.name, Hint())
    if spec.dtype == "string":
        words = np.empty(len(_WORDS), dtype=object)
        words[:] = _WORDS
        return np.asarray(words[random.integers(0, len(_WORDS), shape)], dtype=object)
    dtype = _dtype(spec)
    if dtype == np.bool_:
        return np.asarray(random.integers(0, 2, shape), dtype)
    if dtype.kind in "iu":
        low = 0 if hint.low is None else int(np.ceil(hint.low))
        high = low + 2 if hint.high is None else int(np.ceil(hint.high))
        return np.asarray(random.integers(low, high, shape, np.int64), dtype)
    return np.asarray(_reals(shape, hint, dtype == np.float32, random), dtype)


def _reals(shape: tuple[int, ...], hint: Hint, single: bool, random: np.random.Generator) -> Array:
    """Reals as float32 where ``single``, which takes a third of the memory; else as float64."""
    kind = np.float32 if single else np.float64
    if hint.low is None and hint.high is None:
        return np.asarray(random.standard_normal(shape, kind))
    low = kind(0.0 if hint.low is None else hint.low)
    high = kind(low + 1.0 if hint.high is None else hint.high)
    made: Array = np.asarray(random.random(shape, kind))
    made *= high - low
    made += low
    # Rounding may reach the upper bound, which is exclusive.
    return np.asarray(np.minimum(made, np.nextafter(high, low)))


def _dtype(spec: TensorSpec) -> np.dtype[Any]:
    if spec.dtype == "bfloat16":
        return npz.numpy_type(spec.dtype)
    try:
        dtype: np.dtype[Any] = np.dtype(spec.dtype)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in "biuf":
        raise NotSupported(
            f"no probe can be made up for an input of type {shown(spec.dtype)}",
            where=shown(spec.name),
            help="give inputs with --inputs FILE.npz, or inputs and outputs with --golden",
        )
    return dtype


def _refuse_size(
    inputs: Sequence[TensorSpec], hints: Mapping[str, Hint], samples: int, batches: Sequence[int]
) -> None:
    """Before anything is made: a declared shape costs nothing to write into a file."""
    held = [(s, hints.get(s.name, Hint()), _width(s)) for s in inputs]
    total = 0
    for i in range(samples):
        shapes = [(_shape(spec, hint, i, batches), width) for spec, hint, width in held]
        total += EACH + sum(EACH + math.prod(shape) * width for shape, width in shapes)
        if total > LIMIT:
            break
    else:
        return
    singles = {s.name: math.prod(_shape(s, hint, 0, (1,))) * width for s, hint, width in held}
    said = f"{samples:,} probes would take more than {LIMIT >> 20} MiB"
    for spec, hint, _ in sorted(held, key=lambda h: -singles[h[0].name])[:1]:
        count = math.prod(_shape(spec, hint, 0, (1,)))
        said += f": one sample of input {shown(spec.name)} has {count:,} elements"
    raise NotSupported(said, help="give inputs with --inputs FILE.npz, or ask for fewer --samples")


def _width(spec: TensorSpec) -> int:
    """Bytes per element; strings are objects."""
    return 8 if spec.dtype == "string" else _dtype(spec).itemsize


def _refuse_hints(inputs: Sequence[TensorSpec], hints: Mapping[str, Hint], samples: int) -> None:
    names = [s.name for s in inputs]
    if samples < 1:
        raise UsageProblem(f"--samples {samples} makes no probe", help="1 or more")
    for name, hint in hints.items():
        if name not in names:
            near = nearest(name, names)
            guess = f"; did you mean {near[0]}" if near else ""
            raise UsageProblem(f"a hint for {shown(name)}, which is no input{guess}")
        low, high = hint.low or 0, hint.high
        if not hint.lengths or min(hint.lengths) < 1 or (high is not None and high <= low):
            raise UsageProblem(f"the hint for input {shown(name)} leaves nothing to choose from")

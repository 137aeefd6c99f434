"""Probes: inputs that know the model, the same on every run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tfmigrate.errors import Damaged, NotSupported, UsageProblem, nearest, shown
from tfmigrate.parity import npz
from tfmigrate.parity.probe_values import Array, Probe, drawn, dtype_of
from tfmigrate.parity.special_probes import KINDS, special
from tfmigrate.tensors import Hint, TensorSpec

__all__ = ["Array", "Probe", "flat", "load", "make_probes", "save"]

BATCHES = (1, 2, 5)
# Where one sample is big, as an image is, a batch of 5 costs more than it proves.
BIG = 20_000
BIG_BATCHES = (1, 2, 1)
# Bytes of all probes together, and what one array costs beside its values.
LIMIT, EACH = 256 << 20, 128


def make_probes(
    inputs: Sequence[TensorSpec],
    hints: Mapping[str, Hint] | None = None,
    seed: int = 0,
    samples: int = len(BATCHES),
    extremes: bool = False,
) -> tuple[Probe, ...]:
    """Inputs of batch 1, 2, 5, 1, ..., with another length each time where lengths are free.

    Where one sample has more than :data:`BIG` elements the batches are 1, 2, 1.

    The batch is the first dimension where it is free; inputs share it. Floats are normal, or
    uniform between the hint's bounds; integers uniform in ``[low, high)``, 0 or 1 without a hint.

    Args:
        inputs: The inputs of the signature.
        hints: What is known of them.
        seed: What chance starts from.
        samples: How many random probes.
        extremes: Whether one more follows, of zeros, ones and the ends of what is legal (see
            :mod:`special_probes`); it is left out where it would go beyond :data:`LIMIT`.

    Raises:
        UsageProblem: ``samples`` is below 1, or a hint is about no input or is empty.
        NotSupported: An input's type is none that can be made up, or the probes would take
            more than :data:`LIMIT` bytes.
    """
    if not inputs:  # a signature of constants: one call is the whole proof
        return ({},)
    hints = dict(hints or {})
    _refuse_hints(inputs, hints, samples)
    batches = _batches(inputs, hints)
    taken = _refuse_size(inputs, hints, samples, batches)
    random = np.random.Generator(np.random.PCG64(seed))
    specs = {spec.name: spec for spec in inputs}
    made = [drawn(specs, _shapes(inputs, hints, i, batches), hints, random) for i in range(samples)]
    if extremes:
        apart = batches is BATCHES and all(s.shape and s.shape[0] is None for s in inputs)
        shapes = _shapes(inputs, hints, 0, (1,))
        if taken + (len(KINDS) if apart else 1) * _bytes(inputs, shapes) <= LIMIT:
            made.append(special(specs, shapes, hints, apart))
    return tuple(made)


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
        if not number.isdecimal() or kind not in found or not (name or not array.size):
            raise Damaged(f"an array named {shown(key)} is none of a probe", where=path.name)
        probe = found[kind].setdefault(int(number), {})
        if name:
            probe[name] = array
    for kind, by_number in found.items():
        if sorted(by_number) != list(range(len(by_number))):
            raise Damaged(f"the {kind} are not numbered 0, 1, 2, ...", where=path.name)
    ins, outs = ([found[k][i] for i in sorted(found[k])] for k in ("inputs", "outputs"))
    return tuple(ins), tuple(outs)


def flat(kind: str, probes: Sequence[Probe]) -> Probe:
    """Probes as one flat mapping, ``0/<kind>/NAME``; an empty probe is an array without a name."""
    empty = {"": np.zeros(0, np.uint8)}
    return {
        f"{i}/{kind}/{n}": a for i, probe in enumerate(probes) for n, a in (probe or empty).items()
    }


def _shape(spec: TensorSpec, hint: Hint, sample: int, batches: Sequence[int]) -> tuple[int, ...]:
    """The sample's shape: every free dimension but the batch has one length within an input."""
    length = hint.lengths[sample % len(hint.lengths)]
    batch = batches[sample % len(batches)]
    return tuple(
        size if size is not None else batch if axis == 0 else length
        for axis, size in enumerate(spec.shape)
    )


def _shapes(
    inputs: Sequence[TensorSpec], hints: Mapping[str, Hint], sample: int, batches: Sequence[int]
) -> dict[str, tuple[int, ...]]:
    return {s.name: _shape(s, hints.get(s.name, Hint()), sample, batches) for s in inputs}


def _batches(inputs: Sequence[TensorSpec], hints: Mapping[str, Hint]) -> Sequence[int]:
    """The batch sizes that these inputs get, all of them the same."""
    shapes = _shapes(inputs, hints, 0, (1,)).values()
    return BIG_BATCHES if sum(map(math.prod, shapes)) > BIG else BATCHES


def _refuse_size(
    inputs: Sequence[TensorSpec], hints: Mapping[str, Hint], samples: int, batches: Sequence[int]
) -> int:
    """The bytes of all; before anything is made: a declared shape costs nothing to write."""
    total = 0
    for i in range(samples):
        total += _bytes(inputs, _shapes(inputs, hints, i, batches))
        if total > LIMIT:
            break
    else:
        return total
    singles = _shapes(inputs, hints, 0, (1,))
    said = f"{samples:,} probes would take more than {LIMIT >> 20} MiB"
    for spec in sorted(inputs, key=lambda s: -math.prod(singles[s.name]) * _width(s))[:1]:
        count = math.prod(singles[spec.name])
        said += f": one sample of input {shown(spec.name)} has {count:,} elements"
    raise NotSupported(said, help="give inputs with --inputs FILE.npz, or ask for fewer --samples")


def _bytes(inputs: Sequence[TensorSpec], shapes: Mapping[str, tuple[int, ...]]) -> int:
    return EACH + sum(EACH + math.prod(shapes[s.name]) * _width(s) for s in inputs)


def _width(spec: TensorSpec) -> int:
    """Bytes per element; strings are objects."""
    return 8 if spec.dtype == "string" else dtype_of(spec).itemsize


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
        odd = len(hint.centre) != len(hint.scale)
        if not hint.lengths or min(hint.lengths) < 1 or (high is not None and high <= low) or odd:
            raise UsageProblem(f"the hint for input {shown(name)} leaves nothing to choose from")

"""Golden files: inputs and outputs that somebody recorded with the original runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfmigrate.errors import NotProved, Problem, nearest, shown
from tfmigrate.parity import npz
from tfmigrate.parity.probes import Array, Probe
from tfmigrate.tensors import Signature, TensorSpec


@dataclass(frozen=True)
class Golden:
    """A recorded probe and what the original runtime answered, by the names of the signature."""

    inputs: Probe
    outputs: Probe
    notes: tuple[str, ...] = ()


def read(path: Path, signature: Signature) -> Golden:
    """The recording at ``path``, an ``.npz`` of ``inputs/NAME`` and ``outputs/NAME``.

    Other arrays (``activations/LAYER``, ``meta``) are ignored, and so are recorded outputs where
    the signature has none (a file of mere inputs). Where there is exactly one input
    or output on both sides the name may differ, and a note says so.

    Raises:
        Damaged: The file cannot be read.
        FileNotFoundError: There is no such file.
        NotProved: Names, shapes or types are not those of the signature; all of them are listed.
    """
    arrays = npz.load(path)
    problems: list[Problem] = []
    notes: list[str] = []
    sides: list[Probe] = []
    for kind, specs in (("input", signature.inputs), ("output", signature.outputs)):
        prefix = f"{kind}s/"
        held = {n[len(prefix) :]: a for n, a in arrays.items() if n.startswith(prefix) and specs}
        held = _paired(kind, held, specs, notes)
        problems += _name_problems(kind, held, specs)
        sides.append(_fitted(held, specs, problems, notes))
    if problems:
        raise NotProved(
            "the golden file does not fit the signature",
            problems,
            where=path.name,
            help="name the arrays inputs/NAME and outputs/NAME after the signature",
        )
    return Golden(sides[0], sides[1], tuple(notes))


def _paired(kind: str, held: Probe, specs: Sequence[TensorSpec], notes: list[str]) -> Probe:
    if len(held) != 1 or len(specs) != 1 or specs[0].name in held:
        return held
    (name, array), said = next(iter(held.items())), specs[0].name
    notes.append(
        f"the golden file's only {kind} {shown(name)} was taken for the model's only {kind} "
        f"{shown(said)}"
    )
    return {said: array}


def _name_problems(kind: str, held: Probe, specs: Sequence[TensorSpec]) -> list[Problem]:
    names = [s.name for s in specs]
    missing = [n for n in names if n not in held]
    problems = [
        Problem(f"the signature has no {kind} of that name", shown(n), nearest=nearest(n, missing))
        for n in held
        if n not in names
    ]
    return problems + [
        Problem(
            f"the golden file has no {kind} of that name",
            shown(n),
            found=", ".join(shown(h) for h in held) or "nothing",
            expected=f"{kind}s/{shown(n)}",
        )
        for n in missing
    ]


def _fitted(
    held: Probe, specs: Sequence[TensorSpec], problems: list[Problem], notes: list[str]
) -> Probe:
    """The arrays in the types of the signature; what does not fit goes to ``problems``."""
    fitted: Probe = {}
    for spec in specs:
        if spec.name not in held:
            continue
        array = held[spec.name]
        if not _shape_fits(array.shape, spec):
            problems.append(
                Problem(
                    "the shape is not that of the signature",
                    shown(spec.name),
                    found=str(array.shape),
                    expected=str(spec.shape),
                )
            )
        changed = _exactly(array, spec.dtype)
        if changed is None:
            problems.append(
                Problem(
                    "the values cannot be held exactly by the signature's type",
                    shown(spec.name),
                    found=npz.dtype_name(array),
                    expected=spec.dtype,
                )
            )
            continue
        if npz.dtype_name(array) != spec.dtype:
            said = f"{shown(spec.name)} was recorded as {npz.dtype_name(array)}"
            notes.append(f"{said}, every value of it is exact as {spec.dtype}")
        fitted[spec.name] = changed
    return fitted


def _shape_fits(shape: tuple[int, ...], spec: TensorSpec) -> bool:
    return len(shape) == len(spec.shape) and all(
        s is None or s == a for a, s in zip(shape, spec.shape, strict=True)
    )


def _exactly(array: Array, dtype: str) -> Array | None:
    """The array in another type, None where a value would change."""
    if npz.dtype_name(array) == dtype:
        return array
    if "string" in (npz.dtype_name(array), dtype):
        return None
    wanted = npz.numpy_type(dtype)
    if array.dtype.kind == "c" and wanted.kind != "c":
        return None
    with np.errstate(all="ignore"):
        made = array.astype(wanted)
        back = made.astype(array.dtype)
    same = (back == array) | ((array != array) & (back != back))
    return made if bool(np.all(same)) else None

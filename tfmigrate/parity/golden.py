"""Golden files: inputs and outputs that somebody recorded with the original runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfmigrate.errors import NotProved, Problem, TfmigrateError, nearest, shown
from tfmigrate.parity import npz
from tfmigrate.parity.probes import Array, Probe
from tfmigrate.tensors import Signature, TensorSpec


@dataclass(frozen=True)
class Golden:
    """A recorded probe and what the original runtime answered, by the names of the signature."""

    inputs: Probe
    outputs: Probe
    notes: tuple[str, ...] = ()


def read(
    path: Path,
    signature: Signature,
    what: str = "golden file",
    refusal: type[TfmigrateError] = NotProved,
) -> Golden:
    """The recording at ``path``, an ``.npz`` of ``inputs/NAME`` and ``outputs/NAME``.

    Other arrays (``activations/LAYER``, ``meta``) are not read, and recorded outputs are ignored
    where the signature has none (a file of mere inputs). Where there is exactly one input
    or output on both sides the name may differ, and a note says so.

    Args:
        path: The file.
        signature: What it has to fit.
        what: What messages call the file.
        refusal: The error where it does not fit.

    Raises:
        Damaged: The file cannot be read.
        TfmigrateError: ``refusal``: names, shapes or types are not those of the signature, or an
            array has no element; all of them are listed.
    """
    wanted = {"input": signature.inputs, "output": signature.outputs}
    sides = {kind: specs for kind, specs in wanted.items() if specs}
    arrays = npz.load(path, only=tuple(f"{kind}s/" for kind in sides))
    problems: list[Problem] = []
    notes: list[str] = []
    fitted: dict[str, Probe] = {}
    for kind, specs in sides.items():
        prefix = f"{kind}s/"
        held = {n[len(prefix) :]: a for n, a in arrays.items() if n.startswith(prefix)}
        held = _paired(f"{what}'s only {kind}", kind, held, specs, notes)
        problems += _name_problems(what, kind, held, specs)
        fitted[kind] = _fitted(held, specs, problems, notes)
    if problems:
        named = " and ".join(f"{kind}s/NAME" for kind in sides)
        raise refusal(
            f"the {what} does not fit the signature",
            problems,
            where=shown(path.name),
            help=f"name the arrays {named} after the signature",
        )
    return Golden(fitted.get("input", {}), fitted.get("output", {}), tuple(notes))


def _paired(
    whose: str, kind: str, held: Probe, specs: Sequence[TensorSpec], notes: list[str]
) -> Probe:
    if len(held) != 1 or len(specs) != 1 or specs[0].name in held:
        return held
    (name, array), said = next(iter(held.items())), specs[0].name
    notes.append(f"the {whose} {shown(name)} was taken for the model's only {kind} {shown(said)}")
    return {said: array}


def _name_problems(what: str, kind: str, held: Probe, specs: Sequence[TensorSpec]) -> list[Problem]:
    names = [s.name for s in specs]
    missing = [n for n in names if n not in held]
    problems = [
        Problem(f"the signature has no {kind} of that name", shown(n), nearest=nearest(n, missing))
        for n in held
        if n not in names
    ]
    return problems + [
        Problem(
            f"the {what} has no {kind} of that name",
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
        problems += _shape_problems(array.shape, spec)
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


def _shape_problems(shape: tuple[int, ...], spec: TensorSpec) -> list[Problem]:
    where, found = shown(spec.name), str(shape)
    fits = len(shape) == len(spec.shape) and all(
        s is None or s == a for a, s in zip(shape, spec.shape, strict=True)
    )
    if not fits:
        what = "the shape is not that of the signature"
        return [Problem(what, where, found=found, expected=str(spec.shape))]
    if 0 in shape:
        what = "the array has no element, and no element proves nothing"
        return [Problem(what, where, found=found, expected="one sample or more")]
    return []


def _exactly(array: Array, dtype: str) -> Array | None:
    """The array in another type, None where a value would change."""
    if npz.dtype_name(array) == dtype:
        return array
    if array.dtype.kind not in "biufc":
        return None
    try:
        wanted = npz.numpy_type(dtype)
    except TypeError:  # a type of TensorFlow alone, as resource is
        return None
    if wanted.kind == "O" or (array.dtype.kind == "c" and wanted.kind != "c"):
        return None
    with np.errstate(all="ignore"):
        made = array.astype(wanted)
        back = made.astype(array.dtype)
    same = (back == array) | ((array != array) & (back != back))
    if wanted.kind == "u":  # int8's -1 is uint8's 255, and comes back as -1
        same &= array >= 0
    return made if bool(np.all(same)) else None

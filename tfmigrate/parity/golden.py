"""Golden files: inputs and outputs that somebody recorded with the original runtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tfmigrate.errors import NotProved, Problem, TfmigrateError, nearest, shown
from tfmigrate.parity import golden_meta, npz
from tfmigrate.parity.probes import Array, Probe
from tfmigrate.tensors import Signature, TensorSpec


@dataclass(frozen=True)
class Golden:
    """A recorded probe and what the original runtime answered, by the names of the signature.

    Attributes:
        inputs: The first probe.
        outputs: What was answered to it.
        notes: What a person should know.
        more: Further probes, each with its answers.
        recorded: Which versions recorded it, as the file says; claims, not proofs.
        sources: SHA-256 of each file of the source, as the file says; see
            :func:`golden_meta.another_source`.
    """

    inputs: Probe
    outputs: Probe
    notes: tuple[str, ...] = ()
    more: tuple[tuple[Probe, Probe], ...] = ()
    recorded: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


def read(
    path: Path,
    signature: Signature,
    what: str = "golden file",
    refusal: type[TfmigrateError] = NotProved,
) -> Golden:
    """The recording at ``path``, an ``.npz`` of ``inputs/NAME`` and ``outputs/NAME``.

    Further probes are ``more/1/inputs/NAME``, ``more/1/outputs/NAME``, ...; ``meta`` says what
    recorded it. Other arrays (``activations/LAYER``) are not read, and recorded outputs are ignored
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
    arrays = npz.load(path, only=(*(f"{kind}s/" for kind in sides), "more/", "meta.npy"))
    reading = _Reading(what, sides, arrays)
    first = reading.probe("")
    others = [reading.probe(before) for before in reading.further()]
    if reading.problems:
        named = " and ".join(f"{kind}s/NAME" for kind in sides)
        raise refusal(
            f"the {what} does not fit the signature",
            reading.problems,
            where=shown(path.name),
            help=f"name the arrays {named} after the signature",
        )
    meta = golden_meta.read(arrays.get("meta"))
    said = [*reading.notes, *reading.left_out_note()]
    notes = (*dict.fromkeys(said), *([meta.problem] if meta.problem else []))
    more = tuple(other for other in others if other is not None)
    assert first is not None
    return Golden(*first, notes, more, meta.recorded, meta.sources)


@dataclass
class _Reading:
    """The probes of one file, and everything that does not fit in it."""

    what: str
    sides: Mapping[str, Sequence[TensorSpec]]
    arrays: Probe
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: int = 0

    def further(self) -> list[str]:
        """The beginnings of the names of further probes, in their order."""
        found = {n.split("/")[1] for n in self.arrays if n.startswith("more/")}
        numbers = sorted(int(n) for n in found if n.isascii() and n.isdigit() and len(n) < 7)
        return [f"more/{n}/" for n in numbers if str(n) in found]

    def probe(self, before: str) -> tuple[Probe, Probe] | None:
        """Inputs and outputs whose names begin so; None where a fixed batch leaves them out."""
        held = {kind: self._held(before + f"{kind}s/") for kind in self.sides}
        if before and self._other_batch(held.get("input", {})):
            self.left_out += 1
            return None
        problems: list[Problem] = []
        fitted: dict[str, Probe] = {}
        for kind, specs in self.sides.items():
            whose = f"{self.what}'s only {kind}"
            arrays = _paired(whose, kind, held[kind], specs, self.notes)
            problems += _name_problems(self.what, kind, arrays, specs)
            fitted[kind] = _fitted(arrays, specs, problems, self.notes)
        self.problems += [replace(p, where=before + p.where) for p in problems]
        return fitted.get("input", {}), fitted.get("output", {})

    def _held(self, prefix: str) -> Probe:
        return {n[len(prefix) :]: a for n, a in self.arrays.items() if n.startswith(prefix)}

    def _other_batch(self, inputs: Probe) -> bool:
        """Whether the signature fixes a batch size that is not this probe's.

        Only inputs say so: an output may have a first dimension of its own, which has to fit.
        """
        specs = self.sides.get("input", ())
        named = _paired("", "input", inputs, specs, [])
        return any(
            spec.shape and spec.shape[0] is not None and array.shape[:1] != spec.shape[:1]
            for spec in specs
            for array in (named.get(spec.name),)
            if array is not None
        )

    def left_out_note(self) -> list[str]:
        """How many probes were left out; nothing where none was."""
        if not self.left_out:
            return []
        probes = "a probe" if self.left_out == 1 else f"{self.left_out} probes"
        verb = "is" if self.left_out == 1 else "are"
        return [f"{probes} of another batch size in the {self.what} {verb} left out"]


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

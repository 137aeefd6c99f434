"""The verdict: the exported model's answers against the best reference there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfmigrate.options import Options
from tfmigrate.parity import compare, evidence, tolerances
from tfmigrate.parity.probes import Array, Probe
from tfmigrate.parity.runner import BATCH
from tfmigrate.proof import Parity
from tfmigrate.recipe import Recipe
from tfmigrate.tensors import Signature, Tolerance


@dataclass(frozen=True)
class Reference:
    """What the exported model is compared with.

    Attributes:
        level: The level of evidence that produced it.
        answers: Its outputs, one mapping per probe.
        notes: Why it is no better one.
        inner: The same by the outputs of the function behind the signature, before its steps; none
            where a golden file knows only what comes out of them.
    """

    level: str
    answers: tuple[Probe, ...]
    notes: tuple[str, ...] = ()
    inner: tuple[Probe, ...] = ()


@dataclass(frozen=True)
class Terms:
    """How a verdict is found: the tolerances, and where the architecture came from."""

    allowed: Mapping[str, Tolerance]
    origin: str = "file"


def unverified() -> Parity:
    """The verdict of a migration that was told not to check."""
    return Parity("unverified", evidence.said("unverified"))


def judge(
    reference: Reference,
    got: Sequence[Probe],
    probes: Sequence[Probe],
    checks: Mapping[str, bool],
    terms: Terms,
) -> Parity:
    """Compare every output of every probe.

    Args:
        reference: What to compare with.
        got: The exported model's answers.
        probes: The inputs.
        checks: What else was found to hold or not.
        terms: How it is judged.
    """
    outputs = compare.compare(reference.answers, got, terms.allowed)
    held = all(outputs) and all(checks.values())
    return Parity(
        reference.level,
        evidence.said(reference.level, terms.origin) if held else evidence.refuted(reference.level),
        outputs,
        tuple({n: tuple(a.shape) for n, a in probe.items()} for probe in probes),
        dict(checks),
        reference.notes,
    )


# How far rounding may carry the largest answer of a deep model with wild weights (seen: 2 %, on a
# MobileNet with random statistics); a wrong fusion moves it by more.
_ROUNDING = 0.05


def layer_by_layer(eager: Sequence[Probe], exported: Sequence[Probe]) -> dict[str, bool]:
    """Whether the optimised graph computes what the layers do one by one, beyond rounding.

    The optimiser of TensorFlow with oneDNN fuses some layers wrongly, in every graph alike: a
    reference that runs in a graph would agree with it.

    Args:
        eager: The rebuilt model's answers outside a graph to the first probes; may be none.
        exported: The exported model's answers.
    """
    if not eager:
        return {}
    pairs = zip(eager, exported, strict=False)
    held = all(_alike(one[n], other[n]) for one, other in pairs for n in one if n in other)
    return {"same layer by layer": held}


def by_design(checks: Mapping[str, bool]) -> tuple[dict[str, bool], tuple[str, ...]]:
    """The checks without the one that a model may fail by design, and the note that says so.

    Batch normalisation that is called with training=True takes its statistics from the batch, as
    ops over the batch axis do; the outputs at every batch size are compared all the same.
    """
    if checks.get(BATCH, True):
        return dict(checks), ()
    note = "an answer depends on the rest of its batch, in the export as in the reference"
    return {name: held for name, held in checks.items() if name != BATCH}, (note,)


def _alike(one: Array, other: Array) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind != "f":
        return bool(np.array_equal(one, other))
    left, right = one.astype(np.float64), other.astype(np.float64)
    finite = np.isfinite(left)
    if not np.array_equal(finite, np.isfinite(right)):
        return False
    largest = float(np.max(np.abs(left), initial=0.0, where=finite))
    return bool(np.all(np.abs(left - right)[finite] <= _ROUNDING * largest + 1e-6))


def allowed(
    signature: Signature, recipe: Recipe | None, options: Options, reduced: str
) -> dict[str, Tolerance]:
    """The tolerance of each output; that of the 16-bit type where layers compute in one.

    Raises:
        UsageProblem: An option names no output, or makes no sense.
    """
    said = dict(recipe.tolerances()) if recipe else {}
    if reduced:
        half = compare.default_tolerance(reduced)
        for spec in signature.outputs:
            if half is not None and compare.default_tolerance(spec.dtype) is not None:
                said.setdefault(spec.name, half)
    return tolerances.tolerances(signature.outputs, options.rtol, options.atol, said)

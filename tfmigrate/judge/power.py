"""Whether the probes and tolerances of a check notice faults that are planted on purpose."""

from __future__ import annotations

from dataclasses import replace

from tfmigrate.errors import NotSupported, shown
from tfmigrate.judge import probing
from tfmigrate.judge.case import Case
from tfmigrate.judge.verdict import Reference
from tfmigrate.parity import evidence, probes
from tfmigrate.proof import Mutation, Parity, Power
from tfmigrate.tensors import Hint, as_json, from_json

SENSITIVE = "sensitive"
# Samples that a fault is tried on further where a sample is cheap, per sample of the check's.
_MORE, _CHEAP = 10, 1 << 22
_SHOWN = 5


def proved(case: Case, reference: Reference, parity: Parity) -> Parity:
    """A verdict that holds, with what planted faults say about it.

    Where one goes unnoticed that other inputs show, the check ``sensitive`` does not hold.
    """
    probes.save(case.path("reference"), (), reference.inner)
    unmade = _further(case)
    payload = {
        **case.order,
        "plan": as_json(case.plan),
        "probes": str(case.path("probes")),
        "expected": str(case.path("reference")),
        "further": str(case.path("further")),
        "allowed": as_json(case.inner_allowed()),
        "seed": case.options.seed,
    }
    found = case.calls.ask("prover", payload, case.room)
    if "why" in found:
        note = "no fault could be planted: rebuilt once more, the model answers otherwise"
        return _refuted(parity, f"{note} ({found['why']})")
    power = from_json(Power, found["power"])
    notes = [*unmade, *(f"a fault could not be planted: {what}" for what in found["impossible"])]
    notes += [
        f"no change of the weights changes the output {shown(n)}" for n in found["weightless"]
    ]
    if not power.mutations:
        said = "the model has nothing that a known fault could be planted into"
        return replace(parity, power=power, notes=(*parity.notes, *notes, said))
    checks = {**parity.checks, SENSITIVE: True}
    parity = replace(parity, power=power, checks=checks, notes=(*parity.notes, *notes))
    return parity if power else _refuted(parity, _missed(case, power))


def _refuted(parity: Parity, note: str) -> Parity:
    return replace(
        parity,
        said=evidence.insensitive(parity.level),
        checks={**parity.checks, SENSITIVE: False},
        notes=(*parity.notes, note),
    )


def _missed(case: Case, power: Power) -> str:
    """What went unnoticed, and what to do about it."""
    missed = [m for m in power.mutations if m.outcome == "missed"]
    named = ", ".join(_called(m) for m in missed[:_SHOWN])
    more = f" and {len(missed) - _SHOWN} more" if len(missed) > _SHOWN else ""
    if case.options.golden is not None:
        what = "record more inputs (tfmigrate golden), or leave out --golden"
    elif case.options.inputs is not None:
        what = "give more inputs with --inputs"
    else:
        what = f"--samples {_MORE * case.options.samples}, or --inputs FILE.npz with real data"
    total = len(power.mutations)
    if power.unmoved and not missed and power.count("caught"):
        outputs = ", ".join(shown(name, 60) for name in power.unmoved[:_SHOWN])
        return f"none of {total} planted faults changes the output {outputs}: {what}"
    if not missed:
        return f"none of {total} planted faults changes an answer to the probes: {what}"
    return f"of {total} planted faults the probes miss {len(missed)} ({named}{more}): {what}"


def _called(mutation: Mutation) -> str:
    return f"{mutation.kind} in {shown(mutation.where, 60)}"


def _further(case: Case) -> list[str]:
    """Write more made-up inputs, from another seed; fewer of them where they are big.

    Returns:
        Why there are none but one of the check's own; nothing where there are.
    """
    hints = dict(case.probing.hints)
    for name, (low, high) in (case.recipe.input_ranges() if case.recipe else {}).items():
        hints[name] = replace(hints.get(name, Hint()), low=low, high=high)
    view, seed, notes = case.view, case.options.seed + 1, []
    made = case.probing.probes[:1]
    try:
        one = probing.made(view, hints, seed, 1)
        size = sum(array.nbytes for array in one[0].values())
        count = max(3, min(_MORE * case.options.samples, _CHEAP // max(size, 1)))
        made = probing.made(view, hints, seed, count)
    except NotSupported as error:  # too big, or of a type that cannot be made up
        notes.append(
            f"no further inputs could be made up: {shown(error.what, 300)}; a fault that the"
            " probes do not show counts as one that none would"
        )
    probes.save(case.path("further"), [view.given(probe) for probe in made])
    return notes

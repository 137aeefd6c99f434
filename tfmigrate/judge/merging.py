"""The verdicts on the signatures of one SavedModel as one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tfmigrate.proof import LEVELS, Coverage, Noise, Parity


def merged(parities: Sequence[tuple[str, Parity]]) -> Parity:
    """One verdict: it holds where each does, at the lowest of their levels.

    Args:
        parities: Keys of signatures, and the verdict on each. Where there are several, every input
            and output is called ``KEY:NAME``.
    """
    if len(parities) == 1:
        return parities[0][1]
    levels = {parity.level for _, parity in parities}
    named = [_named(key, parity, len(levels) > 1) for key, parity in parities]
    ranked = [p for p in named if not p] or named
    worst = min(ranked, key=lambda p: LEVELS.index(p.level))
    return Parity(
        worst.level,
        worst.said,
        tuple(o for p in named for o in p.outputs),
        tuple(probe for p in named for probe in p.probes),
        {check: held for p in named for check, held in p.checks.items()},
        tuple(dict.fromkeys(note for p in named for note in p.notes)),
        {k: v for p in named for k, v in p.recorded.items()},
        _coverage([p.coverage for p in named if p.coverage]),
        _noise([p.noise for p in named if p.noise]),
        next((p.power for p in named if p.power), None),
        next((p.divergence for p in named if p.divergence), None),
    )


def _named(key: str, parity: Parity, level: bool) -> Parity:
    """A verdict whose names say of which signature they are."""
    outputs = (replace(o, name=f"{key}:{o.name}", signature=key) for o in parity.outputs)
    return replace(
        parity,
        outputs=tuple(outputs),
        probes=tuple({f"{key}:{n}": s for n, s in p.items()} for p in parity.probes),
        checks={f"{key}: {check}": held for check, held in parity.checks.items()},
        notes=(*((f"{key}: {parity.level}",) if level else ()), *parity.notes),
        coverage=_covered(key, parity.coverage),
        noise=parity.noise
        and replace(
            parity.noise, floor={f"{key}:{n}": found for n, found in parity.noise.floor.items()}
        ),
    )


def _covered(key: str, found: Coverage | None) -> Coverage | None:
    return found and replace(
        found,
        inputs=tuple(replace(i, name=f"{key}:{i.name}") for i in found.inputs),
        outputs=tuple(replace(o, name=f"{key}:{o.name}") for o in found.outputs),
    )


def _coverage(found: Sequence[Coverage]) -> Coverage | None:
    if not found:
        return None
    return Coverage(
        tuple(i for c in found for i in c.inputs),
        tuple(o for c in found for o in c.outputs),
        tuple(dict.fromkeys(w for c in found for w in c.warnings)),
    )


def _noise(found: Sequence[Noise]) -> Noise | None:
    if not found:
        return None
    return Noise(
        {name: floor for n in found for name, floor in n.floor.items()},
        tuple(note for n in found for note in n.notes),
    )

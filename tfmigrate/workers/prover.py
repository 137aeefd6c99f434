"""The worker that plants known faults into a rebuilt model: do the probes notice them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfmigrate.engines.changes import faults
from tfmigrate.engines.changes.base import Change
from tfmigrate.parity import probes
from tfmigrate.proof import Mutation, Power
from tfmigrate.tensors import as_json
from tfmigrate.workers.authors import blamed
from tfmigrate.workers.keras_block import DEEP, unblock_keras
from tfmigrate.workers.planting import Field
from tfmigrate.workers.rebuilding import once_more
from tfmigrate.workers.worker import Parent

# How many faults are planted, and for how long: what a slow machine leaves out is counted.
MOST, SECONDS = 60, 240.0


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Rebuild and restore once more, plant one fault at a time, and see whether it shows.

    Args:
        payload: What the rebuilder was told, ``plan``, ``probes``, ``expected`` and ``further``
            (files), ``allowed`` (tolerances) and ``seed``.
        parent: Hears of the progress.
    """
    unblock_keras()
    sys.setrecursionlimit(DEEP)
    with blamed(payload.get("trusted")):
        field = _field(payload, parent)
        wrong = field.disagrees()
        if wrong:
            return {"why": wrong}
        power = _power(field, payload["seed"], parent)
        unmoved = field.unmoved() if power.mutations else []
        free = field.weightless(unmoved) if unmoved else []
        power = replace(power, unmoved=tuple(n for n in unmoved if n not in free))
        return {"power": as_json(power), "impossible": field.impossible, "weightless": free}


def _field(payload: dict[str, Any], parent: Parent) -> Field:
    one = once_more(payload, parent)
    further = probes.load(Path(payload["further"]))[0]
    return Field(one.rebuilt, one.probes, one.expected, further, one.allowed)


def _power(field: Field, seed: int, parent: Parent) -> Power:
    every = faults.faults(field.rebuilt.built, seed)
    some = faults.chosen(every, MOST)
    found = list(_planted(field, some, parent))
    left = sum(map(len, every)) - len(found)
    mutations = tuple(mutation for mutation in found if mutation is not None)
    return Power(mutations, left, seed)


def _planted(field: Field, some: list[Change], parent: Parent) -> Iterator[Mutation | None]:
    """What became of each, until the time is up; None where it cannot be or changes nothing."""
    until = time.monotonic() + SECONDS
    parent.progress(f"planting {len(some)} faults")
    for change in some:
        if time.monotonic() > until:
            return
        yield field.plant(change)

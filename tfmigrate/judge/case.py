"""One export that was made, and everything that it takes to ask about it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.judge.architecture import Architecture
from tfmigrate.judge.probing import Probing
from tfmigrate.options import Options
from tfmigrate.parity import probes
from tfmigrate.parity.probes import Probe
from tfmigrate.recipe import Recipe
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import Signature, Tolerance, VariableInfo
from tfmigrate.workers.calls import Calls
from tfmigrate.workers.crew import Room


@dataclass(frozen=True)
class Case:
    """An exported model before its judge.

    Attributes:
        calls: The workers of this run.
        room: What they may touch.
        scratch: Where arrays are exchanged.
        staging: The exported SavedModel.
        source: What it was made from.
        recipe: The recipe, None without one.
        options: What was asked for.
        architecture: What was rebuilt.
        order: What the rebuilder was told.
        plan: What went where.
        variables: The model's variables.
        signature: Its signature under the public names.
        allowed: The tolerance of each output.
        probing: The probes.
    """

    calls: Calls
    room: Room
    scratch: Path
    staging: Path
    source: Source
    recipe: Recipe | None
    options: Options
    architecture: Architecture
    order: Mapping[str, Any]
    plan: Plan
    variables: tuple[VariableInfo, ...]
    signature: Signature
    allowed: Mapping[str, Tolerance]
    probing: Probing

    def files(self, name: str) -> dict[str, Any]:
        """Where a worker finds the probes and puts its answers."""
        return {"probes": str(self.scratch / "probes.npz"), "outputs": str(self.path(name))}

    def path(self, name: str) -> Path:
        """The file of answers of that name."""
        return self.scratch / f"{name}.npz"

    def answers(self, name: str) -> tuple[Probe, ...]:
        """The answers of that name; none where nobody gave them."""
        path = self.path(name)
        return probes.load(path)[1] if path.exists() else ()

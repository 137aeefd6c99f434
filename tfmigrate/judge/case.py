"""One export that was made, and everything that it takes to ask about it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.export.views import View
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
        scratch: Where arrays are exchanged: ``sent`` and ``exported`` by the names of the
            signature, all others by those of the function.
        staging: The exported SavedModel.
        source: What it was made from.
        recipe: The recipe, None without one.
        options: What was asked for.
        architecture: What was rebuilt.
        order: What the rebuilder was told.
        plan: What went where.
        variables: The model's variables.
        function: The function behind the signature, under its public names.
        view: The signature, and what lies between it and the function.
        allowed: The tolerance of each output.
        probing: The probes, as callers would send them.
        main: Whether it is the signature of the model's first function.
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
    function: Signature
    view: View
    allowed: Mapping[str, Tolerance]
    probing: Probing
    main: bool = True

    @property
    def signature(self) -> Signature:
        """The signature under its public names."""
        return self.view.signature

    @property
    def key(self) -> str:
        """The signature's key."""
        return self.view.signature.key

    def inner_allowed(self) -> dict[str, Tolerance]:
        """The tolerance of each output of the function, where it is served as it is."""
        links = self.view.outputs.items()
        return {
            link.source: self.allowed[n]
            for n, link in links
            if n in self.allowed and link.chain is None
        }

    def files(self, name: str, probes: str = "probes") -> dict[str, Any]:
        """Where a worker finds the probes and puts its answers."""
        return {"probes": str(self.path(probes)), "outputs": str(self.path(name))}

    def sent(self, name: str) -> dict[str, Any]:
        """The same for a worker that calls the signature."""
        return {"signature": self.key, **self.files(name, "sent")}

    def path(self, name: str) -> Path:
        """The file of answers of that name."""
        return self.scratch / f"{name}.npz"

    def answers(self, name: str) -> tuple[Probe, ...]:
        """The answers of that name; none where nobody gave them."""
        path = self.path(name)
        return probes.load(path)[1] if path.exists() else ()

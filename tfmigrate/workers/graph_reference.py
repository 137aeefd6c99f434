"""The worker that runs the source's own graph, unmodified, as a witness of the level ``graph``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tfmigrate.engines.graph_model import endpoints
from tfmigrate.engines.graph_original import Original, restore
from tfmigrate.errors import NotSupported, shown
from tfmigrate.mapping.apply import apply_plan
from tfmigrate.parity import activations, probes
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import from_json
from tfmigrate.workers.values import open_values
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Import the graph, restore its variables, answer the probes.

    Args:
        payload: ``architecture`` (of the graph engine) and ``source``.
        parent: Answers ``probes`` with the ``plan`` for the graph's own variables and ``runs``:
            the ``function`` that is meant, by its key, files to read and write, the public names
            of inputs and outputs in the recipe's order, and whether it is one of several
            (``alone``); or with nothing when this witness is of no use. Answers ``again`` with the
            number of a probe, the file that it is in, and a file for what every op answers to it,
            or with nothing.

    Raises:
        NotSupported: The graph does not run, or does not answer the same twice.
    """
    known = _Endpoints(payload["architecture"])
    known.original("")  # while the model is rebuilt
    asked = parent.ask("probes", {})
    if not asked:
        return {}
    source, plan = from_json(Source, payload["source"]), from_json(Plan, asked["plan"])
    witnesses = [_Witness(known.original(r["function"]), source, plan) for r in asked["runs"]]
    for witness, said in zip(witnesses, asked["runs"], strict=True):
        _answer(witness, said)
    again = parent.ask("again", {})
    if again:
        files = [said["probes"] for said in asked["runs"]]
        at = files.index(again["probes"]) if again["probes"] in files else 0
        witness, said = witnesses[at], asked["runs"][at]
        probe = probes.load(Path(said["probes"]))[0][again["probe"]]
        found = witness.activations(_values(witness.original, probe, said))
        activations.save(Path(again["activations"]), found.items())
    return {}


class _Endpoints:
    """The source's own graph, once for each of its endpoints that is asked."""

    def __init__(self, architecture: dict[str, Any]) -> None:
        self.architecture = architecture
        self.keys = [e.key for e in endpoints(architecture)]
        self.made: dict[str, Original] = {}

    def original(self, function: str) -> Original:
        """The graph of a function; of the first where only that can be meant."""
        key = function if function in self.keys else self.keys[0]
        if key not in self.made:
            self.made[key] = Original(self.architecture, key)
        return self.made[key]


class _Witness:
    def __init__(self, original: Original, source: Source, plan: Plan) -> None:
        self.original, self.source, self.plan = original, source, plan
        self.restored = False

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """The outputs; variables have the checkpoint's values at the start of every answer."""
        if not self.restored or self.original.changes():
            self._restore()
        return self.original.answer(values)

    def activations(self, values: dict[str, Any]) -> dict[str, Any]:
        """What every op answers."""
        if self.original.changes():
            self._restore()
        return self.original.activations(values)

    def _restore(self) -> None:
        known = {node.name for node in self.original.variables()}
        with open_values(self.source) as read:
            names = [t.name for t in self.source.tensors]
            restore(self.original, names, read, lambda a: self._planned(known, read, a))
        if not self.restored:
            self.original.start()
        self.restored = True

    def _planned(self, known: set[str], read: Any, assign: Any) -> None:
        """The plan, as far as it is about variables of this endpoint."""
        mine = tuple(a for a in self.plan.assignments if known.issuperset(a.targets))
        apply_plan(Plan(mine), read, assign)


def _values(original: Original, probe: probes.Probe, asked: dict[str, Any]) -> dict[str, Any]:
    """A probe by the graph's own names, in its types."""
    pairs = zip(original.asked.inputs.items(), asked["inputs"], strict=True)
    return {n: _typed(probe[public], spec.dtype) for (n, spec), public in pairs}


def _answer(witness: _Witness, asked: dict[str, Any]) -> None:
    """The answers to all probes; an empty one where the source does not take the values.

    Raises:
        NotSupported: It takes none of them, or answers differently from run to run.
    """
    found: list[probes.Probe] = []
    steady, refused = False, None
    for probe in probes.load(Path(asked["probes"]))[0]:
        try:
            values = _values(witness.original, probe, asked)
            answer = witness.answer(values)
        except NotSupported as error:
            refused = error
            found.append({})
            continue
        if not steady:
            _refuse_random(answer, witness.answer(values))
            steady = True
        found.append({public: np.asarray(answer[n]) for public, n in asked["names"].items()})
    if refused is not None:
        if asked["alone"] and not any(found):
            raise refused
        Path(asked["outputs"]).with_suffix(".txt").write_text(refused.what)
    probes.save(Path(asked["outputs"]), (), found)


def _typed(array: Any, dtype: str) -> Any:
    """A probe in the type of the tensor, where a recipe's signature lets callers send another."""
    return array if dtype == "string" or str(array.dtype) == dtype else array.astype(dtype)


def _refuse_random(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name, array in one.items():
        same = np.asarray(array).tolist() == np.asarray(other[name]).tolist()
        if not same and not np.array_equal(array, other[name], equal_nan=_real(array)):
            raise NotSupported(
                f"it answers differently from run to run ({shown(name)}): it drops out or draws"
            )


def _real(array: Any) -> bool:
    """Whether an array can hold what is no number."""
    return np.asarray(array).dtype.kind in "fc"

"""The worker that rebuilds a model, restores its weights and exports it to staging."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

from tfmigrate.engines import get_engine
from tfmigrate.engines.walk import table
from tfmigrate.export.saved_model import Served, save
from tfmigrate.export.views import view
from tfmigrate.parity import probes
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import Signature, as_json, from_json
from tfmigrate.workers.authors import blamed
from tfmigrate.workers.keras_block import DEEP, unblock_keras
from tfmigrate.workers.rebuilding import Rebuilt, answer, rebuild, restore
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Build, ask for the plan, restore, export; then answer the probes if the parent wants it.

    Args:
        payload: ``engine``, ``architecture``, ``source``, ``staging``, ``signature`` (key of the
            first function), ``layers`` (whose answers become outputs), ``states``
            (layers whose states callers send), ``batch``, ``rename_inputs``, ``rename_outputs``,
            ``trusted`` (the author's code and what it is needed for, or nothing), ``declared`` (a
            recipe's layers and functions, or nothing).
        parent: Answers ``plan`` with the plan, the signatures and the folder of their files (or
            ``{"stop": True}`` after a dry run), hears with ``restored`` of the layers and what is
            known of the inputs of each function and may answer with fewer signatures, and answers
            ``probes`` with ``runs``: functions, files to read and files to write (or nothing where
            nothing is compared).
    """
    unblock_keras()
    sys.setrecursionlimit(DEEP)
    with blamed(payload.get("trusted")):
        return _run(payload, parent)


def _run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    parent.progress("rebuilding the model")
    model = rebuild(payload)
    built = model.built
    known = {
        "variables": as_json(built.infos),
        "functions": [as_json(f.public) for f in model.functions],
        "renamed": {old: new for f in model.functions for old, new in f.names.changed().items()},
        "layers": list(model.layers),
        "reduced": built.reduced,
    }
    planned = parent.ask("plan", known)
    if planned.get("stop"):
        return {}
    plan = from_json(Plan, planned["plan"])
    ledger = restore(from_json(Source, payload["source"]), plan, built, parent)
    layers = table(built.model) if built.model is not None else ()
    # The judge may have heard by now which signatures the source itself cannot answer.
    planned |= parent.ask("restored", {"hints": _hints(model), "layers": as_json(layers)})
    parent.progress("exporting")
    exported = _export(model, planned, Path(payload["staging"]))
    wanted = parent.ask("probes", {})
    if wanted:
        parent.progress("running the rebuilt model")
        with _running(payload["engine"]):
            _answer(model, wanted)
    return {"ledger": as_json(ledger), "signatures": as_json(exported)}


def _hints(model: Rebuilt) -> dict[str, Any]:
    """What is known of the inputs of each function, by their public names."""
    return {
        f.public.key: {f.names.inputs[n]: as_json(h) for n, h in f.function.hints().items()}
        for f in model.functions
    }


def _export(model: Rebuilt, planned: dict[str, Any], staging: Path) -> tuple[Signature, ...]:
    functions = {f.public.key: f for f in model.functions}
    served, resources = [], list(model.built.resources)
    for plain in planned["signatures"]:
        function = functions[plain["function"]]
        seen = view(plain, function.public, Path(planned["folder"]))
        resources += [r for chain in seen.chains for r in chain.resources]
        served.append(Served(seen.signature, seen.served(function.call)))
    return save(served, model.built.variables, staging, resources)


def _running(engine: str) -> contextlib.AbstractContextManager[None]:
    """Within it, what a graph fails with is no bug of ours: its ops are its author's."""
    if engine != "graph":
        return contextlib.nullcontext()
    return get_engine(engine).refusals("run")  # type: ignore[no-any-return]


def _answer(model: Rebuilt, asked: dict[str, Any]) -> None:
    """Answer the first probe layer by layer, and all of them in a graph where that is asked for."""
    import tensorflow as tf

    functions = {f.public.key: f for f in model.functions}
    for run in asked["runs"]:
        function = functions[run["function"]]
        call, names = function.function.call, function.names
        found = probes.load(Path(run["probes"]))[0]
        if model.built.eager:
            probes.save(Path(run["eager"]), (), [answer(call, names, found[0])])
        if run["outputs"]:
            compiled = tf.function(call, autograph=False)
            probes.save(Path(run["outputs"]), (), [answer(compiled, names, p) for p in found])

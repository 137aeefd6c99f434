"""The worker that rebuilds a model, restores its weights and exports it to staging."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

from tfmigrate.engines import get_engine
from tfmigrate.engines.walk import table
from tfmigrate.export.saved_model import save
from tfmigrate.parity import probes
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import as_json, from_json
from tfmigrate.workers.authors import blamed
from tfmigrate.workers.keras_block import DEEP, unblock_keras
from tfmigrate.workers.rebuilding import Rebuilt, answer, rebuild, restore
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Build, ask for the plan, restore, export; then answer the probes if the parent wants it.

    Args:
        payload: ``engine``, ``architecture``, ``source``, ``staging``, ``signature`` (key),
            ``asked`` (a recipe's signature), ``batch``, ``rename_inputs``, ``rename_outputs``,
            ``trusted`` (the author's code and what it is needed for, or nothing), ``declared``
            (a recipe's layers and functions, or nothing).
        parent: Answers ``plan`` with the plan (or ``{"stop": True}`` after a dry run), hears with
            ``restored`` of the layers and what is known of the inputs, and answers ``probes`` with
            files to read and write (or nothing where nothing is compared).
    """
    unblock_keras()
    sys.setrecursionlimit(DEEP)
    with blamed(payload.get("trusted")):
        return _run(payload, parent)


def _run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    parent.progress("rebuilding the model")
    model = rebuild(payload)
    built, names = model.built, model.names
    known = {
        "variables": as_json(built.infos),
        "signature": as_json(model.public),
        "renamed": names.changed(),
        "reduced": built.reduced,
    }
    planned = parent.ask("plan", known)
    if planned.get("stop"):
        return {}
    plan = from_json(Plan, planned["plan"])
    ledger = restore(from_json(Source, payload["source"]), plan, built, parent)
    hints = {names.inputs[n]: as_json(h) for n, h in built.hints().items()}
    layers = table(built.model) if built.model is not None else ()
    parent.ask("restored", {"hints": hints, "layers": as_json(layers)})
    parent.progress("exporting")
    staging = Path(payload["staging"])
    exported = save(built.call, built.variables, model.public, staging, built.resources, names)
    wanted = parent.ask("probes", {})
    if wanted:
        parent.progress("running the rebuilt model")
        with _running(payload["engine"]):
            _answer(model, wanted)
    return {"ledger": as_json(ledger), "signature": as_json(exported)}


def _running(engine: str) -> contextlib.AbstractContextManager[None]:
    """Within it, what a graph fails with is no bug of ours: its ops are its author's."""
    if engine != "graph":
        return contextlib.nullcontext()
    return get_engine(engine).refusals("run")  # type: ignore[no-any-return]


def _answer(model: Rebuilt, asked: dict[str, Any]) -> None:
    """Answer the first probe layer by layer, and all of them in a graph where that is asked for."""
    import tensorflow as tf

    call, names = model.built.call, model.names
    found = probes.load(Path(asked["probes"]))[0]
    if model.built.eager:
        probes.save(Path(asked["eager"]), (), [answer(call, names, found[0])])
    if asked["outputs"]:
        compiled = tf.function(call, autograph=False)
        probes.save(Path(asked["outputs"]), (), [answer(compiled, names, probe) for probe in found])

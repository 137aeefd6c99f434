"""The worker that rebuilds a model, restores its weights and exports it to staging."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tfmigrate.engines import get_engine, whole_models
from tfmigrate.engines.built import Built
from tfmigrate.engines.declared import declared_objects
from tfmigrate.errors import NotSupported, shown
from tfmigrate.export.naming import Names, named
from tfmigrate.export.saved_model import save
from tfmigrate.export.signatures import asked_by, narrowed
from tfmigrate.mapping.apply import apply_plan
from tfmigrate.parity import probes
from tfmigrate.results import LedgerEntry, Plan, Source
from tfmigrate.tensors import Signature, as_json, from_json
from tfmigrate.workers.authors import author_function, author_objects, authored, blamed
from tfmigrate.workers.fill import fill
from tfmigrate.workers.keras_block import DEEP, unblock_keras
from tfmigrate.workers.values import open_values, vocabularies
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Build, ask for the plan, restore, export; then answer the probes if the parent wants it.

    Args:
        payload: ``engine``, ``architecture``, ``source``, ``staging``, ``signature`` (key),
            ``asked`` (a recipe's signature), ``batch``, ``rename_inputs``, ``rename_outputs``,
            ``trusted`` (the author's code and what it is needed for, or nothing), ``declared``
            (a recipe's layers and functions, or nothing).
        parent: Answers ``plan`` with the plan (or ``{"stop": True}`` after a dry run) and
            ``probes`` with files to read and write (or nothing where nothing is compared).
    """
    unblock_keras()
    sys.setrecursionlimit(DEEP)
    with blamed(payload.get("trusted")):
        return _run(payload, parent)


def _run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    parent.progress("rebuilding the model")
    built = _build(payload)
    if payload.get("trusted"):
        built = replace(built, call=authored(built.call))
    asked = asked_by(payload["asked"])
    signature, call = narrowed(
        replace(built.signature, key=payload["signature"]), built.call, asked
    )
    built = replace(built, signature=_batched(signature, payload["batch"]), call=call)
    signature = built.signature
    public, names = named(signature, payload["rename_inputs"], payload["rename_outputs"])
    answer = parent.ask(
        "plan",
        {
            "variables": as_json(built.infos),
            "signature": as_json(public),
            "hints": {names.inputs[n]: as_json(h) for n, h in built.hints.items()},
            "renamed": names.changed(),
            "reduced": built.reduced,
        },
    )
    if answer.get("stop"):
        return {}
    ledger = _restore(payload, from_json(Plan, answer["plan"]), built, parent)
    parent.progress("exporting")
    exported = save(
        built.call, built.variables, public, Path(payload["staging"]), built.resources, names
    )
    wanted = parent.ask("probes", {})
    if wanted:
        parent.progress("running the rebuilt model")
        with _running(payload["engine"]):
            _answer(built, names, wanted)
    return {"ledger": as_json(ledger), "signature": as_json(exported)}


def _build(payload: dict[str, Any]) -> Built:
    engine = get_engine(payload["engine"])
    if payload["engine"] == "graph":
        return engine.build(payload["architecture"])  # type: ignore[no-any-return]
    # Keras 3's archives and .weights.h5 files name variables by a walk over the model.
    keys = payload["source"]["kind"] in ("keras-zip", "keras-zip-tfkeras", "keras-weights-v3")
    model, outputs = _model(payload, engine, keys)
    return engine.built(model, outputs, keys)  # type: ignore[no-any-return]


def _model(payload: dict[str, Any], engine: ModuleType, keys: bool) -> tuple[Any, list[str] | None]:
    """The model of a config, or what a recipe gives in its place, and names for its outputs."""
    architecture, keras = payload["architecture"], engine.library()
    if "application" in architecture:
        return whole_models.application(keras, architecture)
    if "python" in architecture:
        name = architecture["python"]
        function = author_function(payload["trusted"], payload["engine"], name)
        return whole_models.built_by(keras, architecture, function)
    declared = declared_objects(payload.get("declared"), keras)
    if "class_name" not in architecture:
        return engine.assemble(architecture, declared)  # type: ignore[no-any-return]
    objects = author_objects(payload.get("trusted"), payload["engine"]) | declared
    model = engine.from_config(architecture, objects)
    if keys and (found := vocabularies(from_json(Source, payload["source"]))):
        engine.take_vocabularies(model, found)
    return model, None


def _running(engine: str) -> contextlib.AbstractContextManager[None]:
    """Within it, what a graph fails with is no bug of ours: its ops are its author's."""
    if engine != "graph":
        return contextlib.nullcontext()
    return get_engine(engine).refusals("run")  # type: ignore[no-any-return]


def _batched(signature: Signature, batch: str) -> Signature:
    """The signature with its first dimensions free, or fixed where ``--batch N`` asks for it."""
    if batch == "dynamic":
        return signature
    size = int(batch)
    fixed = tuple(
        tuple(replace(s, shape=(size, *s.shape[1:])) if s.shape else s for s in side)
        for side in (signature.inputs, signature.outputs)
    )
    return Signature(signature.key, *fixed)


def _restore(
    payload: dict[str, Any], plan: Plan, built: Built, parent: Parent
) -> tuple[LedgerEntry, ...]:
    source = from_json(Source, payload["source"])
    total = sum(t.nbytes for t in source.tensors if not t.training)
    done = 0

    def assign(name: str, array: Any) -> None:
        nonlocal done
        fill(built.variables[name], array)
        done += array.nbytes
        parent.progress("restoring weights", done, total)

    with open_values(source) as read:
        ledger = apply_plan(plan, read, assign)
    blank = [n for n, v in built.variables.items() if not v.is_initialized()]
    if blank:
        raise AssertionError(f"variables without a value after the plan: {blank}")
    built.restored()
    return ledger


def _answer(built: Built, names: Names, asked: dict[str, Any]) -> None:
    """Answer the first probe layer by layer, and all of them in a graph where that is asked for."""
    import tensorflow as tf

    found = probes.load(Path(asked["probes"]))[0]
    if built.eager:
        probes.save(Path(asked["eager"]), (), [_called(built.call, names, found[0])])
    if asked["outputs"]:
        compiled = tf.function(built.call, autograph=False)
        answers = [_called(compiled, names, probe) for probe in found]
        probes.save(Path(asked["outputs"]), (), answers)


def _unanswered(names: Names, error: Exception) -> NotSupported:
    said = error.what if isinstance(error, NotSupported) else str(error)
    inputs = ", ".join(names.inputs.values())
    return NotSupported(
        f"the model does not answer the values that it was tried with: {shown(said, 300)}",
        where=f"inputs {inputs}",
        help="say what they may be, parity: {inputs: {NAME: {low: 0, high: 12}}} in a recipe, or"
        " give some with --inputs FILE.npz",
    )


def _called(call: Any, names: Names, probe: probes.Probe) -> probes.Probe:
    import tensorflow as tf

    try:
        answer = call({old: tf.constant(probe[new]) for old, new in names.inputs.items()})
    except (NotSupported, tf.errors.InvalidArgumentError) as error:
        raise _unanswered(names, error) from error
    return {names.outputs[n]: tensor.numpy() for n, tensor in answer.items()}

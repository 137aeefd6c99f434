"""A model of a source, rebuilt with its weights: what every worker that needs one starts with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tfmigrate.engines import get_engine, stating, tapping, whole_models
from tfmigrate.engines.built import Built, Function
from tfmigrate.engines.declared import declared_objects
from tfmigrate.engines.fill import fill
from tfmigrate.errors import NotSupported, shown
from tfmigrate.export import methods
from tfmigrate.export.naming import Names, named, publicly
from tfmigrate.mapping.apply import apply_plan
from tfmigrate.parity import probes
from tfmigrate.parity.probes import Probe
from tfmigrate.results import LedgerEntry, Plan, Source
from tfmigrate.tensors import Signature, TensorSpec, Tolerance, from_json
from tfmigrate.workers.authors import author_function, author_objects, authored
from tfmigrate.workers.values import open_values, vocabularies
from tfmigrate.workers.worker import Parent


@dataclass(frozen=True)
class Computed:
    """A function of a model under public names.

    Attributes:
        function: It, by the model's own names of inputs and outputs.
        public: Its signature under its public names.
        names: The model's own names, and the public ones.
    """

    function: Function
    public: Signature
    names: Names

    @property
    def call(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """The function by public names."""
        return publicly(self.function.call, self.names)


@dataclass(frozen=True)
class Rebuilt:
    """A rebuilt model under the names and shapes that were asked for.

    Attributes:
        built: The model as its engine made it.
        functions: What it computes; the first is the one that is served by default.
        layers: The layers among the outputs of that one.
    """

    built: Built
    functions: tuple[Computed, ...]
    layers: tuple[str, ...] = ()

    @property
    def names(self) -> Names:
        """The model's own names of inputs and outputs, and the public ones."""
        return self.functions[0].names


def rebuild(payload: dict[str, Any]) -> Rebuilt:
    """The model of a rebuilder's order, its variables blank; see :mod:`workers.rebuilder`."""
    built = _build(payload)
    if payload.get("trusted"):
        built = replace(built, call=authored(built.call))
    own = len(built.signature.outputs)
    built = tapping.tapped(built, payload["layers"])
    layers = tuple(s.name for s in built.signature.outputs[own:])
    key = payload["signature"] or built.signature.key
    main = Function(built.call, replace(built.signature, key=key), built.hints)
    others = built.others
    if payload["states"]:
        others = (*others, stating.stateful(built, payload["states"]))
    return Rebuilt(built, _computed((main, *others), payload), layers)


def _computed(functions: Sequence[Function], payload: dict[str, Any]) -> tuple[Computed, ...]:
    """The functions under public names.

    A name that is renamed need not be in each; what a server classifies with keeps its names.
    """
    whole = [_batched(f.signature, payload["batch"]) for f in functions]
    renames = payload["rename_inputs"], payload["rename_outputs"]
    known = [
        {s.name for signature in whole for s in side(signature)} for side in (_inputs, _outputs)
    ]
    found = []
    for function, signature in zip(functions, whole, strict=True):
        own = [{s.name for s in side(signature)} for side in (_inputs, _outputs)]
        wanted = [
            {old: new for old, new in asked.items() if old in has or old not in anywhere}
            for asked, has, anywhere in zip(renames, own, known, strict=True)
        ]
        if len(functions) > 1 and signature.method in methods.NAMES:
            wanted = [{}, {}]
        public, names = named(signature, wanted[0], wanted[1])
        found.append(Computed(replace(function, signature=signature), public, names))
    return tuple(found)


def _inputs(signature: Signature) -> tuple[TensorSpec, ...]:
    return signature.inputs


def _outputs(signature: Signature) -> tuple[TensorSpec, ...]:
    return signature.outputs


def restore(source: Source, plan: Plan, built: Built, parent: Parent) -> tuple[LedgerEntry, ...]:
    """Give every variable its value, as the plan says."""
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


@dataclass(frozen=True)
class Asked:
    """A model that was rebuilt once more, what it is asked, and what it should answer.

    Attributes:
        rebuilt: The model with its weights.
        source: What it was made from.
        plan: What went where.
        probes: The inputs, by the public names of its first function.
        expected: The reference's answers.
        allowed: The tolerance of each output.
    """

    rebuilt: Rebuilt
    source: Source
    plan: Plan
    probes: tuple[Probe, ...]
    expected: tuple[Probe, ...]
    allowed: dict[str, Tolerance]


def once_more(payload: dict[str, Any], parent: Parent) -> Asked:
    """Rebuild and restore the model of a rebuilder's order, beside the answers of a reference.

    Args:
        payload: That order, with ``plan``, ``probes`` and ``expected`` (files) and ``allowed``.
        parent: Hears of the progress.
    """
    source, plan = from_json(Source, payload["source"]), from_json(Plan, payload["plan"])
    rebuilt = rebuild(payload)
    restore(source, plan, rebuilt.built, parent)
    allowed = {n: from_json(Tolerance, t) for n, t in payload["allowed"].items()}
    asked = probes.load(Path(payload["probes"]))[0]
    expected = probes.load(Path(payload["expected"]))[1]
    return Asked(rebuilt, source, plan, tuple(asked), tuple(expected), allowed)


def answer(call: Any, names: Names, probe: Probe) -> Probe:
    """What a model's call answers a probe, by public names.

    Raises:
        NotSupported: It does not take the values.
    """
    import numpy as np
    import tensorflow as tf

    try:
        found = call({old: tf.constant(probe[new]) for old, new in names.inputs.items()})
    except (NotSupported, tf.errors.InvalidArgumentError) as error:
        raise _unanswered(names, error) from error
    return {names.outputs[n]: np.asarray(tensor.numpy()) for n, tensor in found.items()}


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


def _batched(signature: Signature, batch: str) -> Signature:
    """The signature with its first dimensions free, or fixed where ``--batch N`` asks for it."""
    if batch == "dynamic":
        return signature
    size = int(batch)
    fixed = tuple(
        tuple(replace(s, shape=(size, *s.shape[1:])) if s.shape else s for s in side)
        for side in (signature.inputs, signature.outputs)
    )
    return replace(signature, inputs=fixed[0], outputs=fixed[1])


def _unanswered(names: Names, error: Exception) -> NotSupported:
    said = error.what if isinstance(error, NotSupported) else str(error)
    inputs = ", ".join(names.inputs.values())
    return NotSupported(
        f"the model does not answer the values that it was tried with: {shown(said, 300)}",
        where=f"inputs {inputs}",
        help="say what they may be, parity: {inputs: {NAME: {low: 0, high: 12}}} in a recipe, or"
        " give some with --inputs FILE.npz",
    )

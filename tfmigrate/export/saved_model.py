"""Write a SavedModel: readable variable keys, named signature, each weight once, same bytes.

Runs in a worker: TensorFlow is imported on use, no Keras object is tracked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.errors import NotSupported, Problem, shown
from tfmigrate.export import fingerprint, methods, portability
from tfmigrate.lazy import load
from tfmigrate.tensors import Signature, TensorSpec

Call = Callable[[dict[str, Any]], dict[str, Any]]

# The one child of the root that holds the variables.
ROOT = "weights"
_ATTRIBUTES = ".ATTRIBUTES"


def bundle_key(name: str) -> str:
    """The key of variable ``name`` in ``variables.index``.

    TensorFlow doubles a dot inside a segment; a slash cannot occur inside one, because names are
    split at slashes.
    """
    return f"{ROOT}/{name.replace('.', '..')}/{_ATTRIBUTES}/VARIABLE_VALUE"


@dataclass(frozen=True)
class Served:
    """A signature, and the function behind it.

    Attributes:
        signature: Its public names; ``None`` where a dimension is free.
        call: The model in inference mode: input tensors to output tensors, by public names.
    """

    signature: Signature
    call: Call


def save(
    served: Sequence[Served],
    variables: Mapping[str, Any],
    staging: Path,
    resources: Sequence[object] = (),
) -> tuple[Signature, ...]:
    """Write the model as a SavedModel into ``staging``, an empty folder.

    Args:
        served: What to serve; all of it shares the variables.
        variables: Every ``tf.Variable`` of the model by its name, ``<layer path>/kernel``.
        staging: Where to write.
        resources: Lookup tables and other trackables that the functions use.

    Returns:
        The signatures as exported: types and shapes are those of the traced functions.

    Raises:
        NotSupported: Variable names that TensorFlow cannot store beside each other.
        ValueError: A function uses a variable that is not in ``variables``, one variable has two
            names, or an output has another rank or size than its signature says.
    """
    tf = load("tensorflow")
    _refuse_names(variables)
    _refuse_twins(variables)
    for table in resources:
        _settle_table_name(table)
    root = tf.__internal__.tracking.AutoTrackable()
    setattr(root, ROOT, _tree(variables))
    root.resources = list(resources)
    functions = {one.signature.key: _function(one) for one in served}
    for function in functions.values():
        _refuse_strangers(function, [*variables.values(), *resources])
    # Gradients of the model are of no use to a server, and their functions are named by counters.
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(root, str(staging), functions, options)
    methods.write(staging, tuple(one.signature for one in served))
    portability.settle(staging)
    fingerprint.settle(staging)
    return tuple(_exported(functions[one.signature.key], one.signature) for one in served)


def _function(served: Served) -> Any:
    """The concrete function that takes and returns public names."""
    tf, signature = load("tensorflow"), served.signature

    def serve(**tensors: Any) -> dict[str, Any]:
        found = served.call(tensors)
        return {s.name: _shaped(found[s.name], s) for s in signature.outputs}

    specs = {s.name: tf.TensorSpec(s.shape, s.dtype, name=s.name) for s in signature.inputs}
    # autograph=False: the body is ours, and AutoGraph would rewrite what it calls.
    return tf.function(serve, autograph=False).get_concrete_function(**specs)


def _shaped(tensor: Any, spec: TensorSpec) -> Any:
    """The tensor, with a checked shape where tracing knows less than the signature says."""
    tf = load("tensorflow")
    known, said = tensor.shape, tf.TensorShape(spec.shape)
    if not known.is_compatible_with(said):
        raise ValueError(f"output {shown(spec.name)} has shape {known}, the signature says {said}")
    knows_less = known.rank is None or any(
        k is None and s is not None for k, s in zip(known, said, strict=True)
    )
    # A plain identity keeps two names for one tensor apart, and an input that is also an output.
    return tf.ensure_shape(tensor, said) if knows_less else tf.identity(tensor)


def _exported(function: Any, signature: Signature) -> Signature:
    ins, outs = function.structured_input_signature[1], function.structured_outputs
    return Signature(
        signature.key,
        tuple(_spec(s.name, ins[s.name]) for s in signature.inputs),
        tuple(_spec(s.name, outs[s.name]) for s in signature.outputs),
        signature.method,
    )


def _spec(name: str, traced: Any) -> TensorSpec:
    return TensorSpec(name, tuple(traced.shape.as_list()), traced.dtype.name)


def _tree(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables as nested dicts: keys, unlike attributes, may be called ``name`` or ``_x``."""
    tree: dict[str, Any] = {}
    for name in sorted(variables):
        *path, leaf = name.split("/")
        node = tree
        for segment in path:
            node = node.setdefault(segment, {})
        node[leaf] = variables[name]
    return tree


def _refuse_names(variables: Mapping[str, Any]) -> None:
    folders = {n[:i] for n in variables for i, c in enumerate(n) if c == "/"}
    problems = [
        Problem("the name is also the beginning of another variable's name", where=shown(name))
        for name in sorted(folders.intersection(variables))
    ]
    problems += [
        Problem(f"{_ATTRIBUTES} is TensorFlow's own, a file with it cannot be read back", shown(n))
        for n in sorted(variables)
        if _ATTRIBUTES in n.split("/")
    ]
    if problems:
        raise NotSupported(
            "TensorFlow cannot store variables under these names",
            problems,
            help="rename them with rules in a recipe",
        )


def _refuse_twins(variables: Mapping[str, Any]) -> None:
    seen: dict[int, str] = {}
    for name, variable in variables.items():
        other = seen.setdefault(id(variable), name)
        if other != name:
            raise ValueError(f"one variable has two names: {shown(other)} and {shown(name)}")


def _refuse_strangers(function: Any, known: Iterable[object]) -> None:
    ours = {id(v) for v in known}
    strangers = [shown(v.name) for v in function.graph.variables if id(v) not in ours]
    if strangers:
        raise ValueError(f"the model uses variables that are not listed: {', '.join(strangers)}")


def _settle_table_name(table: Any) -> None:
    """Name a lookup table after its content.

    TensorFlow 2.21 names it by a process-wide counter, or by the absolute path of its file, and
    writes that name into the graph.
    """
    if not hasattr(table, "export") or not getattr(table, "_shared_name", None):
        return
    keys, values = (t.numpy() for t in table.export())
    content = sorted(zip(keys.tolist(), values.tolist(), strict=True))
    said = repr((str(keys.dtype), str(values.dtype), content)).encode()
    table._shared_name = f"table_{hashlib.sha256(said).hexdigest()[:32]}"

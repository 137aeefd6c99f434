"""What both Kerases share about a functional model: names, order, inputs and outputs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tfmigrate.engines.legal_names import original
from tfmigrate.engines.refusals import refusals
from tfmigrate.errors import NotSupported
from tfmigrate.tensors import Shape, Signature, TensorSpec


def signature(model: Any, outputs: list[str] | None = None) -> Signature:
    """The model's inputs and outputs under the names that the old Keras served them with.

    Args:
        model: A functional or sequential model.
        outputs: Names for its outputs, those of the output layers where not given.

    Raises:
        NotSupported: An input is sparse or ragged; an export would make it dense without a word.
    """
    # A first size that no input's batch fixes is no batch: time may come first.
    free = all(tensor.shape[0] is None for tensor in model.inputs)
    answered = zip(outputs or output_names(model), model.outputs, strict=True)
    return Signature(
        "serving_default",
        tuple(_spec(n, t) for n, t in zip(input_names(model), model.inputs, strict=True)),
        tuple(_spec(n, t, fixed=free) for n, t in answered),
    )


def input_names(model: Any) -> list[str]:
    """The names of the inputs as the old Keras served them, in the model's order.

    Keras 3 served an unnamed first input under its tensor's automatic name, ``keras_tensor``; the
    file holds only the layer's automatic name, ``input_layer`` (keras issue 19458).
    """
    names = getattr(model, "input_names", None)
    if names:
        return [original(model, n) for n in names]
    names = [original(model, t.name.split(":")[0]) for t in model.inputs]
    return ["keras_tensor"] if names == ["input_layer"] else names


def output_names(model: Any) -> list[str]:
    """The names of the output layers, in the model's order."""
    names = getattr(model, "output_names", None)
    return [original(model, n) for n in names or [model.layers[-1].name]]


def _spec(name: str, tensor: Any, fixed: bool = False) -> TensorSpec:
    kind = type(getattr(tensor, "type_spec", tensor)).__name__
    if kind in ("SparseTensorSpec", "RaggedTensorSpec") or getattr(tensor, "sparse", False):
        raise NotSupported(
            f"{'sparse' if 'Sparse' in kind else 'ragged'} inputs and outputs are not exported yet",
            where=name,
        )
    shape: Shape = tuple(None if d is None else int(d) for d in tensor.shape)
    dtype = tensor.dtype if isinstance(tensor.dtype, str) else tensor.dtype.name
    return TensorSpec(name, (None, *shape[1:]) if shape and not fixed else shape, dtype)


def traced(signature: Signature, call: Callable[[dict[str, Any]], dict[str, Any]]) -> Signature:
    """The signature with the shapes and types that the call really gives.

    Keras 3 up to 3.15 says wrong ones of lookup layers: whole numbers where an inverse lookup gives
    text, and one axis too many where a multi-hot lookup squeezes it away.
    """
    import tensorflow as tf

    specs = {s.name: tf.TensorSpec(s.shape, s.dtype) for s in signature.inputs}
    found = tf.function(call, autograph=False).get_concrete_function(specs).structured_outputs
    return replace(
        signature,
        outputs=tuple(
            TensorSpec(s.name, tuple(found[s.name].shape), found[s.name].dtype.name)
            for s in signature.outputs
        ),
    )


def caller(
    model: Any, outputs: list[str] | None = None
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The model in inference mode as a function from named inputs to named outputs."""
    import tensorflow as tf

    infer_by_default(model)
    names, given = input_names(model), outputs or output_names(model)
    mode = {} if calls_training(model) else {"training": False}
    structure = getattr(model, "_nested_inputs", None)
    if structure is None:
        structure = getattr(model, "_inputs_struct", list(model.inputs))

    def run(values: dict[str, Any]) -> dict[str, Any]:
        packed = tf.nest.pack_sequence_as(structure, [values[n] for n in names])
        with refusals("Keras"):
            answer = model(packed, **mode)
        return dict(zip(given, tf.nest.flatten(answer), strict=True))

    return run


def infer_by_default(model: Any) -> None:
    """Layers that take training=True where nobody says otherwise (Keras 3's random images) infer.

    Keras 3 stores that default with every call, as if the author had said it, and its ``predict``
    overrides it.
    """
    for layer in model._flatten_layers():
        said = inspect.signature(type(layer).call).parameters.get("training")
        if said is not None and said.default is True:
            for node in layer._inbound_nodes:
                arguments = getattr(node, "arguments", None)
                if arguments is not None and arguments.kwargs.get("training"):
                    arguments.kwargs["training"] = False


def calls_training(model: Any) -> bool:
    """Whether a layer inside the model is called with training=True (Keras 3).

    Keras 3 overrides that without a word where the model is told training=False; called without it,
    the model does what was said, and every other layer infers all the same.
    """
    nodes = (n for layer in model._flatten_layers() for n in getattr(layer, "_inbound_nodes", ()))
    arguments = (getattr(node, "arguments", None) for node in nodes)
    return any(a is not None and a.kwargs.get("training") is True for a in arguments)


def finalize(model: Any) -> None:
    """Layers that compute constants from their weights (Normalization) do so with the real ones."""
    for layer in model._flatten_layers():
        # Keras 3's Discretization has its bins from the config and would lose them.
        if hasattr(layer, "finalize_state") and not getattr(layer, "bin_boundaries", None):
            layer.finalize_state()


def resources(model: Any) -> tuple[Any, ...]:
    """Lookup tables that layers hold: an export has to track them."""
    import tensorflow as tf

    kinds = tf.saved_model.experimental.TrackableResource  # every lookup table is one
    found = {
        id(value): value
        for layer in model._flatten_layers()
        for value in vars(layer).values()
        if isinstance(value, kinds)
    }
    return tuple(found.values())


def reduced(model: Any) -> str:
    """The 16-bit type that a layer of the model computes in, "" where none does."""
    types = {str(getattr(layer, "compute_dtype", "")) for layer in model._flatten_layers()}
    return next((t for t in ("bfloat16", "float16") if t in types), "")


def reader_positions(model: Any) -> dict[int, int]:
    """Where the libraries' H5 readers look for each variable: trainable ones first, in each layer.

    Source: ``_legacy_weights`` of both Kerases; the order changes with ``trainable``.
    """
    return {
        id(variable): position
        for layer in model.layers
        for position, variable in enumerate(
            [*layer.trainable_weights, *layer.non_trainable_weights]
        )
    }

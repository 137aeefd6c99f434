"""When the library's own loader can be a witness, and why it sometimes cannot."""

from __future__ import annotations

from collections.abc import Sequence

from tfmigrate.engines.lambda_upgrades import expressions
from tfmigrate.judge.architecture import Architecture
from tfmigrate.results import Plan, Source
from tfmigrate.tensors import VariableInfo

# Above this the second load would cost more than the migration itself.
LARGEST = 256 * 1024 * 1024

# What today's library would do instead, for each upgrade that gives a layer another meaning.
MISREAD = {
    "gru_of_its_day": "it reads a GRU without reset_after as one with it",
    "forget_state": "it keeps the state of recurrent layers from one request to the next",
    "separate_normalization": "with oneDNN it fuses a LayerNormalization over two axes wrongly",
    "theano_padding": "it pads as TensorFlow, the file's layers as Theano",
    "bilinear_of_tf1": "it upsamples bilinearly with half-pixel centres, Keras 2.2 did not",
    "bidirectional_kept": "in a Bidirectional it gives zeros for masked steps",
    "bidirectional_of_1_13": "in a Bidirectional it treats masked steps as later versions do",
    "bidirectional_of_2_0": "in a Bidirectional it gives zeros for masked steps",
    "bidirectional_undecided": "versions treat the mask of a Bidirectional differently",
    "dot_of_matrices": "its Dot contracts tensors of rank 4 and more otherwise",
    "dot_undecided": "versions contract tensors of rank 4 and more differently",
    "separable_undilated": "it dilates a SeparableConv2D, which Keras 2.0 did not",
    "transposed_undilated": "it dilates a Conv2DTranspose, which tf.keras 1.12 did not",
    "softmax_unmasked": "its Softmax looks at the mask",
    "softmax_undecided": "versions treat the mask of a Softmax differently",
    "bins_of_whole_numbers": "outside a graph it keeps fractions that a Discretization dropped",
    "resized_crop": "its RandomCrop infers otherwise than that of the file",
    "bilinear_undecided": "versions upsample bilinearly in different ways",
}


def excuse_before(source: Source, architecture: Architecture) -> str:
    """Why the library's loader is no witness for this source, "" where it is one."""
    if architecture.needs:
        return "the model has code of its author, which only the rebuild runs"
    if architecture.declared:
        return "no library reads what a recipe declares"
    if any(expressions(architecture.config)):
        return "the library's loader would run the code of Lambda layers"
    if architecture.origin == "recipe":
        return "no library reads an architecture from a recipe"
    if architecture.era in ("keras-0", "keras-1"):
        return f"today's library does not read Keras {architecture.era[-1]}"
    if architecture.writer.backend == "theano":
        return "today's library does not turn the kernels of Theano around"
    if source.kind == "keras-weights-v3" or not source.kind.startswith("keras"):
        return "no library reads this kind of source into this architecture"
    if sum(t.nbytes for t in source.tensors) > LARGEST:
        return f"a second load of more than {LARGEST >> 20} MiB would cost more than the migration"
    wrong = [MISREAD[name] for name in architecture.misread]
    return f"today's library reads this file wrongly: {'; '.join(wrong)}" if wrong else ""


def excuse_after(source: Source, variables: Sequence[VariableInfo], plan: Plan) -> str:
    """Why the loader, which pairs weights by order, would pair them wrongly; "" if it does not.

    Source: both Kerases zip the layers of an H5 file with the layers of the model, and the weights
    of a layer with ``trainable_weights + non_trainable_weights``.
    """
    if "zip" in source.kind:
        return ""  # `.keras` archives are paired by key
    known = {v.name: v for v in variables}
    in_file = list(dict.fromkeys(t.group for t in source.tensors if not t.training))
    in_model = list(dict.fromkeys(v.owners[0] for v in variables if v.owners))
    if in_file != in_model:
        return "the library pairs layers by order, and the file has them in another order"
    pairs = {a.sources[0]: known[a.targets[0]] for a in plan.assignments}
    positions: dict[str, list[int]] = {}
    for tensor in source.tensors:
        if tensor.name in pairs:
            positions.setdefault(tensor.group, []).append(pairs[tensor.name].position)
    if any(found != sorted(found) for found in positions.values()):
        return "the library pairs weights by order, and the names in the file say otherwise"
    return ""

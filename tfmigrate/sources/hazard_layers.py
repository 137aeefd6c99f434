"""What is hard about single layers: custom ones, and built-in ones with special needs."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import Damaged, shown
from tfmigrate.results import Hazard, Writer
from tfmigrate.sources import (
    builtin_layers,
    builtin_ops,
    config,
    hazard_quantised,
    strict_json,
    writers,
)  # fmt: skip
from tfmigrate.sources.config import ConfigLayer

# Functions of TensorFlow that compute and touch nothing else; TFOpLambda names them freely.
_PURE_SPACES = (
    "math.", "nn.", "linalg.", "image.", "strings.", "signal.", "__operators__.", "bitwise.",
    "sparse.", "ragged.", "sets.", "random.", "dtypes.", "quantization.",
    "keras.activations.", "debugging.assert", "sort", "argsort",
)  # fmt: skip
_PURE_TEXT = """
abs acos acosh add add_n argmax argmin asin asinh atan atan2 atanh batch_to_space boolean_mask
broadcast_to cast clip_by_norm clip_by_value complex concat convert_to_tensor cos cosh cumsum
divide einsum ensure_shape equal exp expand_dims eye fill floor gather gather_nd greater
greater_equal identity less less_equal linspace logical_and logical_not logical_or matmul maximum
meshgrid minimum multiply negative norm not_equal one_hot ones ones_like pad pow range rank
realdiv reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod
reduce_sum repeat reshape reverse reverse_sequence roll round scalar_mul searchsorted
sequence_mask shape shape_n sigmoid sign sin sinh size slice space_to_batch split sqrt square
squeeze stack stop_gradient strided_slice subtract switch_case tan tanh tensor_scatter_nd_update
tensordot tile transpose truediv truncatediv truncatemod unique unstack where zeros zeros_like
"""
_PURE = frozenset(_PURE_TEXT.split())
# Ops that a TensorFlowOpLayer of tf.keras 1.13 to 2.3 may hold; all of them only compute.
_PURE_OPS_TEXT = """
Abs Add AddN AddV2 All Any ArgMax ArgMin Atan AvgPool BatchMatMul BatchMatMulV2 BiasAdd BroadcastTo
Cast Ceil ClipByValue Concat ConcatV2 Const Conv2D Cos Cumsum DepthToSpace Div Einsum Elu Equal Erf
Exp ExpandDims Fill Floor FloorDiv FloorMod Gather GatherNd GatherV2 Greater GreaterEqual Identity
L2Loss LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul Max
MaxPool Maximum Mean Min Minimum MirrorPad Mul Neg NotEqual OneHot OnesLike Pack Pad PadV2 Pow Prod
Range Rank RealDiv Reciprocal Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor ReverseV2
Round Rsqrt Select SelectV2 Selu Shape Sigmoid Sign Sin Size Slice Softmax Softplus Softsign
SpaceToDepth Split SplitV Sqrt Square SquaredDifference Squeeze StopGradient StridedSlice Sub Sum
Tan Tanh Tile TopKV2 Transpose Unpack Where ZerosLike
"""
_PURE_OPS = frozenset(_PURE_OPS_TEXT.split())

_CUSTOM_HELP = (
    "declare it in a recipe ({section}), or give the author's file that defines it with "
    "--trust-code FILE.py"
)


def custom(layer: ConfigLayer, writer: Writer) -> Iterator[Hazard]:
    """A layer or cell class that the Keras of the file did not have itself."""
    name, module = layer.class_name, str(layer.entry.get("module") or "keras.src.ops")
    if name in _builtin(writer):
        return
    # Keras 3 turns keras.ops calls into layers; its H5 files leave the module out.
    known = writers.era(writer) == "keras-3" and name in builtin_ops.KERAS_3
    if known and module.startswith(("keras.src.ops", "keras.ops")):
        return
    yield Hazard(
        "custom-layer",
        f"the class {shown(name, 80)!r} is not one of Keras's own layers of that time; "
        "its code is not in the file", layer.path, 3,
        _CUSTOM_HELP.format(section="layer_types"), str(layer.entry.get("registered_name") or name),
    )  # fmt: skip


def activations(layer: ConfigLayer, writer: Writer) -> Iterator[Hazard]:
    """Activation functions that the file only names."""
    version = writers.numbers(writer.version)
    own = builtin_layers.activations(writers.era(writer), version) | _builtin(writer)
    for value in layer.values:
        if "activation" not in value.key or value.key.endswith(("_type", "_module")):
            continue
        name = _function_name(value.value)
        if name and name not in own:
            yield Hazard(
                "custom-activation",
                f"the activation {shown(name, 80)!r} is not one of Keras's own of that time; "
                "the file only names it", layer.path, 3,
                _CUSTOM_HELP.format(section="functions"), name,
            )  # fmt: skip


def ops(layer: ConfigLayer) -> Iterator[Hazard]:
    """TensorFlow functions and ops wrapped as layers that do more than compute."""
    if layer.class_name in ("TFOpLambda", "SlicingOpLambda"):
        name = str(layer.config.get("function", ""))
        plain = name.removeprefix("compat.v1.")  # what tf.pad and others are inside
        pure = plain in _PURE or (plain.startswith(_PURE_SPACES) and "sampler" not in name)
        kind = "function"
    elif layer.class_name == "TensorFlowOpLayer":
        name, kind = _op_of(layer.config.get("node_def")), "op"
        pure = name in _PURE_OPS
    elif layer.class_name in ("ClassMethod", "InstanceMethod", "InstanceProperty"):
        name, kind, pure = layer.class_name, "method wrapper", False
    else:
        return
    if not pure:
        yield Hazard(
            "unsafe-op", f"the TensorFlow {kind} {shown(name, 80)!r} is not on the list of those "
            "that only compute", layer.path, 5,
            "if it does only compute, ask for it to be added",
        )  # fmt: skip


def _op_of(node: Any) -> str:
    """The op of a TensorFlowOpLayer's node, which is stored as an object or as JSON text."""
    if isinstance(node, str):
        try:
            node = strict_json.parse(node, "node_def")
        except Damaged:
            return "unreadable"
    return str(node.get("op", "")) if isinstance(node, dict) else "unreadable"


_NOT_YET = "not supported yet by this version"
_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")

# Layers of Keras 3.0 to 3.15 whose call says ``training=True``, besides RandomCrop, RandAugment...
_TRAIN_BY_DEFAULT = (
    "AugMix", "AutoContrast", "CenterCrop", "ContrastLimited", "CutMix", "Equalization",
    "MaxNumBoundingBoxes", "MixUp", "Pipeline", "Resizing", "Solarization",
)  # fmt: skip


def special(layer: ConfigLayer) -> Iterator[Hazard]:
    """Built-in layers that this version does not rebuild, or that need a closer look."""
    if layer.class_name.startswith("CuDNN"):
        yield Hazard("cudnn", f"{layer.class_name} runs on GPUs only; it is rebuilt as the plain "
                     "layer", layer.path)  # fmt: skip
    if layer.class_name in _LOOKUPS and not layer.config.get("vocabulary"):
        yield Hazard("vocabulary-elsewhere", "it was adapted, and its vocabulary is not in this "
                     "file", layer.path, 3, "save the whole model as .keras, which carries it, or "
                     "give the layer its vocabulary as a list")  # fmt: skip
    weighed = layer.config.get("output_mode") in ("tf_idf", "tf-idf")
    if layer.class_name in _LOOKUPS and weighed and not layer.config.get("idf_weights"):
        yield Hazard("idf-elsewhere", "its inverse document frequencies were adapted, and are not "
                     "in its config", layer.path, 3, "in the program that made it, give them to "
                     "the layer (idf_weights) and save again")  # fmt: skip
    for value in layer.values:
        yield from _special_value(layer, value)


def _special_value(layer: ConfigLayer, value: config.Value) -> Iterator[Hazard]:
    key, found = value.key, value.value
    if (key, found) in (("data_format", "channels_first"), ("dim_ordering", "th")):
        yield Hazard("channels-first", "its images have their channels first, which not every "
                     "build of TensorFlow runs on CPUs; it is rebuilt so that all do",
                     layer.path)  # fmt: skip
    elif key == "stateful" and found is True:
        yield Hazard("stateful", "it keeps its state from one batch to the next; a served model "
                     "starts from zero each time", layer.path)  # fmt: skip
    elif key == "training" and found is True and not _trains_by_default(layer):
        yield Hazard("training-mode", "it was called with training=True, so it behaves as in "
                     "training when it is served", layer.path)  # fmt: skip
    elif key in ("dtype", "name") and _is_mixed(key, value):
        yield Hazard("mixed-precision", f"it computes in mixed precision ({shown(found, 40)})",
                     layer.path)  # fmt: skip
    elif mode := hazard_quantised.mode(key, found):
        yield hazard_quantised.hazard(mode, layer.path)
    elif key == "lora_rank" and found:
        yield Hazard("lora", "its kernel has low-rank updates (LoRA), which are merged into it",
                     layer.path)  # fmt: skip


def _trains_by_default(layer: ConfigLayer) -> bool:
    """Whether Keras 3 stored a default that nobody asked for: its layers for images take it so."""
    nodes = layer.entry.get("inbound_nodes")
    of_keras_3 = isinstance(nodes, list) and any(isinstance(node, dict) for node in nodes)
    return of_keras_3 and layer.class_name.startswith(("Rand", *_TRAIN_BY_DEFAULT))


def _is_mixed(key: str, value: config.Value) -> bool:
    if not isinstance(value.value, str) or not value.value.startswith("mixed_"):
        return False
    # A layer may be called mixed_5 (Inception); a policy is {name: mixed_float16} of its own.
    return key == "dtype" or set(value.holder) <= {"name", "loss_scale", "source_name"}


def _function_name(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not config.is_object(value) or value["class_name"] == "__lambda__":
        return ""  # code is hazard_code's
    is_function = value["class_name"] == "function"
    return str(value.get("config") if is_function else value["class_name"])


@functools.lru_cache(64)
def _builtin(writer: Writer) -> frozenset[str]:
    return builtin_layers.layers(writers.era(writer), writers.numbers(writer.version))

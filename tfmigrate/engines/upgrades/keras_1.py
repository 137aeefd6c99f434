"""Keras 1: classes, arguments and values under the names that Keras 2 gave them.

Source of the tables: ``keras/legacy/interfaces.py`` of Keras 2.0 to 2.3, which converted calls, and
the sources of Keras 1.0.1 to 1.2.2 for what it left out.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from tfmigrate.engines.upgrades.walk import LayerConfig, layers, whole_model
from tfmigrate.errors import NotSupported, Problem

# TimeDistributedDense: a Dense of Keras 2 acts on the last axis.
_CLASSES = {
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D", "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D", "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
}  # fmt: skip

_DENSE = {"output_dim": "units", "bias": "use_bias"}
_CONVOLUTION = {"nb_filter": "filters", "border_mode": "padding", "subsample": "strides",
                "subsample_length": "strides", "atrous_rate": "dilation_rate",
                "filter_length": "kernel_size", "bias": "use_bias"}  # fmt: skip
_RECURRENT = {"output_dim": "units", "inner_activation": "recurrent_activation",
              "nb_filter": "filters", "border_mode": "padding",
              "subsample": "strides"}  # fmt: skip
_POOLING_1D = {"pool_length": "pool_size", "stride": "strides", "border_mode": "padding"}
# Renamed arguments, and the classes that had them.
_RENAMED: tuple[tuple[dict[str, str], str], ...] = (
    (_DENSE, "Dense TimeDistributedDense MaxoutDense"),
    (
        _CONVOLUTION,
        "Convolution1D Convolution2D Convolution3D AtrousConvolution1D AtrousConvolution2D"
        " AtrousConv1D AtrousConv2D SeparableConvolution2D SeparableConv2D Conv1D Conv2D Conv3D"
        " LegacyDeconvolution2D LocallyConnected1D LocallyConnected2D Highway",
    ),
    (_RECURRENT, "SimpleRNN GRU LSTM ConvLSTM2D"),
    (_POOLING_1D, "MaxPooling1D AveragePooling1D"),
    ({"border_mode": "padding"}, "MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D"),
    ({"p": "rate"}, "Dropout GaussianDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D"),
    ({"sigma": "stddev"}, "GaussianNoise"),
    ({"length": "size"}, "UpSampling1D"),
    ({"dims": "target_shape"}, "Reshape"),  # Keras 0
)
_ARGUMENTS = {name: renamed for renamed, names in _RENAMED for name in names.split()}
# Several arguments of Keras 1 that became one.
_SIZES = {
    ("nb_row", "nb_col"): "kernel_size",
    ("kernel_dim1", "kernel_dim2", "kernel_dim3"): "kernel_size",
}
# What only initialises, regularises or speeds up training, and what a first layer repeats.
_DROPPED = (
    "init", "inner_init", "forget_bias_init", "beta_init", "gamma_init", "W_regularizer",
    "U_regularizer", "b_regularizer", "activity_regularizer", "W_constraint", "U_constraint",
    "b_constraint", "dropout_W", "dropout_U", "consume_less", "weights", "cache_enabled",
    "transform_bias", "t_left_init", "a_left_init", "t_right_init", "a_right_init", "alpha_init",
)  # fmt: skip
_VALUES = {"tf": "channels_last", "th": "channels_first"}


# Layers whose answer depends on an ordering that Keras 1.0 to 1.2 left out of their configs.
_ORDERED = ("ZeroPadding2D", "ZeroPadding3D", "UpSampling2D", "UpSampling3D", "Cropping2D",
            "Cropping3D")  # fmt: skip


@whole_model
def ordering_of_the_others(model: LayerConfig) -> None:
    """Keras 1: padding, cropping and upsampling forgot their ``dim_ordering``.

    It was that of the session, as it was for the other layers of the model, which kept it.

    Raises:
        NotSupported: No other layer says it, or they differ.
    """
    lost = [x for x in layers(model) if x["class_name"] in _ORDERED
            and not x["config"].get("dim_ordering")]  # fmt: skip
    said = {x["config"].get("dim_ordering") for x in layers(model)} - {None, "default"}
    if lost and len(said) != 1:
        found = f"the other layers say {' and '.join(sorted(said))}" if said else "no layer says it"
        raise NotSupported(
            "the config does not say whether the images have their channels first",
            [Problem(f"no dim_ordering, and {found}", where=x["config"]["name"]) for x in lost],
            help="write dim_ordering (th or tf) into these layers of the model.json, and give it "
            "with --recipe",
        )
    for layer in lost:
        layer["config"]["dim_ordering"] = next(iter(said))


# Where :func:`of_version` leaves the writer's version for the upgrades that go by it.
WRITTEN_BY = "written_by"
_DATED = ("Merge", "BatchNormalization", "Convolution3D", "Deconvolution2D")


def of_version(config: LayerConfig, version: str) -> LayerConfig:
    """A copy of a model in which layers that changed since carry the version that wrote them.

    The list is empty where nobody says the version: Keras 1.0.0 to 1.0.3 did not.
    """
    result = copy.deepcopy(config)
    numbers = [int(n) for n in re.findall(r"\d+", version)[:3]]
    for layer in layers(result):
        if layer["class_name"] in _DATED:
            layer["config"][WRITTEN_BY] = numbers
    return result


def refuse_unknown(layer: LayerConfig, what: str) -> None:
    """Refuse a layer that changed between versions, in a file that does not say its own.

    Raises:
        NotSupported: It is from such a file.
    """
    if layer["config"].get("version", layer["config"].get(WRITTEN_BY)) == []:
        raise NotSupported(
            f"{what} changed between the versions of Keras 1, and the file does not say its own",
            where=str(layer["config"].get("name")),
            help='write "keras_version": "1.0.3" (or what it was) beside class_name into the'
            " model.json, and give it with --recipe",
        )


def dated_products(layer: LayerConfig) -> None:
    """Keras 1 on TensorFlow: the product of two vectors was one of matrices before 1.2.

    Raises:
        NotSupported: The file does not say its version.
    """
    if layer["class_name"] == "LegacyDot" and layer["config"].get("backend") != "theano":
        refuse_unknown(layer, "a merge by dot or cos on TensorFlow")


def forget_version(layer: LayerConfig) -> None:
    """Keras 0 and 1: the version that :func:`of_version` left is no argument of a layer."""
    layer["config"].pop(WRITTEN_BY, None)


def inner_names(layer: LayerConfig) -> None:
    """Keras 1.0: a Bidirectional renamed the layer that it was given to ``forward_...``."""
    if layer["class_name"] == "Bidirectional":
        inner = layer["config"]["layer"]["config"]
        inner["name"] = str(inner["name"]).removeprefix("forward_")


def drop_initial_parts(layer: LayerConfig) -> None:
    """Keras 0 and 1: what only training needs, and dimensions that the input's shape repeats."""
    config = layer["config"]
    for key in _DROPPED:
        config.pop(key, None)
    if layer["class_name"] == "Embedding":
        config.pop("dropout", None)
        return
    for key in ("input_dim", "input_length"):
        config.pop(key, None)


def rename_arguments(layer: LayerConfig) -> None:
    """Keras 0 and 1: the arguments' names of Keras 2."""
    config = layer["config"]
    for old, new in _ARGUMENTS.get(layer["class_name"], {}).items():
        if old in config:
            config[new] = config.pop(old)
    for parts, whole in _SIZES.items():
        if all(part in config for part in parts):
            config[whole] = [config.pop(part) for part in parts]
    dtype = config.pop("input_dtype", None)
    if layer["class_name"] == "InputLayer" and dtype:
        config["dtype"] = dtype
    if layer["class_name"] == "ZeroPadding2D" and isinstance(config.get("padding"), dict | list):
        config["padding"] = _sides(config["padding"])
    if layer["class_name"] == "ZeroPadding1D" and isinstance(config.get("padding"), dict):
        config["padding"] = [config["padding"].get(k, 0) for k in ("left_pad", "right_pad")]


def _sides(padding: Any) -> Any:
    """Keras 1.2: four numbers or a mapping for top, bottom, left and right."""
    if isinstance(padding, dict):
        top, bottom, left, right = (
            padding.get(k, 0) for k in ("top_pad", "bottom_pad", "left_pad", "right_pad")
        )
        return [[top, bottom], [left, right]]
    return [padding[:2], padding[2:]] if len(padding) == 4 else padding


def rename_values(layer: LayerConfig) -> None:
    """Keras 0 and 1: ``dim_ordering`` th and tf are channels_first and channels_last."""
    config = layer["config"]
    ordering = config.pop("dim_ordering", None)
    # Flatten had none: it kept the order of the axes, which is that of channels_last today.
    if ordering in _VALUES and layer["class_name"] != "Flatten":
        config["data_format"] = _VALUES[ordering]


def rename_classes(layer: LayerConfig) -> None:
    """Keras 0 and 1: the class names of Keras 2, where the layer is the same."""
    layer["class_name"] = _CLASSES.get(layer["class_name"], layer["class_name"])


def batch_normalization(layer: LayerConfig) -> None:
    """Keras 1: modes 1 and 2 are layers of their own; mode 0 was never fused.

    Mode 1 normalises each sample, mode 2 takes its statistics from the batch, at inference too.
    """
    config = layer["config"]
    if layer["class_name"] != "BatchNormalization":
        return
    mode, version = config.pop("mode", 0), config.pop(WRITTEN_BY, [])
    if mode == 1 and version and version < [1, 0, 6]:
        config["twice"] = False
    layer["class_name"] = {
        0: "PlainBatchNormalization", 1: "SampleNormalization", 2: "BatchStatisticsNormalization",
    }[mode]  # fmt: skip


def deconvolution(layer: LayerConfig) -> None:
    """Keras 1: a Deconvolution2D states its whole output shape; only the image's sizes count."""
    if layer["class_name"] in ("Deconvolution2D", "Deconv2D"):
        layer["class_name"] = "LegacyDeconvolution2D"
        shape, first = layer["config"]["output_shape"], layer["config"].get("dim_ordering") == "th"
        layer["config"]["output_shape"] = list(shape[2:4] if first else shape[1:3])


def merge_layers(layer: LayerConfig) -> None:
    """Keras 0 and 1: one Merge class for all modes (failures: ``Unknown layer: Merge``)."""
    if layer["class_name"] != "Merge" or "mode" not in layer["config"]:
        return
    config = layer["config"]
    plain = {"name": config["name"], "trainable": config.get("trainable", True)}
    mode = config["mode"]
    if mode in ("dot", "cos"):
        plain |= {"mode": mode, "axes": config.get("dot_axes", -1),
                  "version": config.get(WRITTEN_BY, [])}  # fmt: skip
        layer.update(class_name="LegacyDot", config=plain)
    elif mode == "concat":
        plain["axis"] = config.get("concat_axis", -1)
        layer.update(class_name="Concatenate", config=plain)
    elif isinstance(mode, str):
        classes = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}
        layer.update(class_name=classes.get(mode, "Merge"), config=plain)


def name_inputs(layer: LayerConfig) -> None:
    """Keras 1: a Sequential called its input ``dense_input_1``, after its first layer's class.

    The counter of the process that saved it is not in the file; a fresh one starts at 1.
    """
    if layer["class_name"] != "Sequential" or not layer["config"]["layers"]:
        return
    given = input_of(layer["config"]["layers"][0])
    if given is not None:
        layer["config"]["layers"].insert(0, {"class_name": "InputLayer", "config": given})


def input_of(first: LayerConfig, number: int = 1) -> dict[str, Any] | None:
    """The input that a first layer declares, taken out of its config; None where it is one."""
    config = first["config"]
    if first["class_name"] in ("Sequential", "Model"):
        inner = config["layers"][0]
        if inner["class_name"] != "InputLayer":
            return input_of(inner)
        return dict(inner["config"])
    shape = config.pop("batch_input_shape", None) if first["class_name"] != "InputLayer" else None
    if shape is None:
        return None
    name = f"{first['class_name'].lower()}_input_{number}"
    return {
        "batch_input_shape": shape,
        "input_dtype": config.pop("input_dtype", None) or "float32",
        "name": config.pop("input_name", name),
    }

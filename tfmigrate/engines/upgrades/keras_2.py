"""Keras 2 and tf.keras: what changed its name, its default or its meaning since."""

from __future__ import annotations

import re

from tfmigrate.engines.upgrades.from_file import UNNAMED
from tfmigrate.engines.upgrades.walk import LayerConfig, layers, whole_model

# A layer's config holds these for training only; custom ones must never be a reason to fail.
_TRAINING_ONLY = re.compile(r"(_|^)(regularizer|constraint)$")
_INITIALIZER = re.compile(r"_initializer$")


@whole_model
def name_sequential(model: LayerConfig) -> None:
    """Keras before 2.2.3: a Sequential's config was a bare list of layers (keras 2.2.3 notes).

    A nested one gets a name that says that it has none; the file of its weights may know it.
    """
    count = 0
    for layer in layers(model):
        if layer["class_name"] == "Sequential" and isinstance(layer["config"], list):
            count += layer is not model
            unnamed = "sequential" if layer is model else f"{UNNAMED}{count}"
            layer["config"] = {"name": layer.get("name") or unnamed, "layers": layer["config"]}


def drop_training_parts(layer: LayerConfig) -> None:
    """All versions: what a model was trained with changes no output, and is often custom."""
    layer.pop("compile_config", None)
    layer.pop("training_config", None)
    config = layer["config"]
    for key in config:
        if _TRAINING_ONLY.search(key):
            config[key] = None


def zero_initializers(layer: LayerConfig) -> None:
    """All versions: every value will be overwritten, and random ones cost most of a load.

    A number is no initialiser, whatever an author calls it.
    """
    config = layer["config"]
    for key, value in config.items():
        if _INITIALIZER.search(key) and isinstance(value, str | dict):
            config[key] = "zeros"


def plain_dtype(layer: LayerConfig) -> None:
    """tf.keras 2.0 to 2.15: a dtype policy object stands for its name (``PolicyV1`` up to 2.3)."""
    dtype = layer["config"].get("dtype")
    if isinstance(dtype, dict) and dtype.get("class_name") in ("Policy", "PolicyV1", "DTypePolicy"):
        layer["config"]["dtype"] = dtype["config"]["name"]


def gru_of_its_day(layer: LayerConfig) -> None:
    """Keras before 2.1.3 had no ``reset_after``; absent means False, today's default is True."""
    if layer["class_name"] == "GRU":
        layer["config"].setdefault("reset_after", False)


def forget_state(layer: LayerConfig) -> None:
    """All versions: a server's answer must not depend on the request before it."""
    if layer["config"].get("stateful"):
        layer["config"]["stateful"] = False


def input_of_deferred(layer: LayerConfig) -> None:
    """Standalone Keras 2.2.3 to 2.3: a Sequential built late named its input after itself."""
    config = layer["config"]
    if layer["class_name"] != "Sequential" or not config.get("build_input_shape"):
        return
    if config["layers"] and "batch_input_shape" not in config["layers"][0]["config"]:
        config["layers"].insert(
            0,
            {
                "class_name": "InputLayer",
                "config": {
                    "batch_input_shape": config["build_input_shape"],
                    "dtype": "float32",
                    "name": f"{config['name']}_input",
                },
            },
        )


def bilinear_of_tf1(layer: LayerConfig) -> None:
    """Standalone Keras 2.2.3 to 2.3, tf.keras 1.13 and 1.14: bilinear without half-pixel centres.

    Source: ``resize_images`` in the backends of keras 2.3.1 and TensorFlow 1.14.0 calls the op of
    TensorFlow 1.
    """
    if layer["class_name"] == "UpSampling2D" and layer["config"].get("interpolation") == "bilinear":
        layer["class_name"] = "LegacyBilinearUpSampling2D"


def separate_normalization(layer: LayerConfig) -> None:
    """All tf.keras: TensorFlow with oneDNN fuses a LayerNormalization over two axes wrongly."""
    axis = layer["config"].get("axis")
    if layer["class_name"] == "LayerNormalization" and isinstance(axis, list) and len(axis) > 1:
        layer["class_name"] = "SeparateLayerNormalization"
        layer.pop("module", None)
        layer.pop("registered_name", None)


def plain_numbers(layer: LayerConfig) -> None:
    """tf.keras up to 1.13: numbers of NumPy were stored as ``{"type": "ndarray", "value": ...}``.

    Source: ``get_json_type`` of ``util/serialization.py``; ``ReLU`` kept such numbers.
    """
    config = layer["config"]
    for key, value in config.items():
        if isinstance(value, dict) and set(value) == {"type", "value"}:
            config[key] = value["value"]


def plain_batch_normalization(layer: LayerConfig) -> None:
    """tf.keras 1.13: its two classes of BatchNormalization had numbers in their names."""
    if layer["class_name"] in ("BatchNormalizationV1", "BatchNormalizationV2"):
        layer["class_name"] = "BatchNormalization"


def plain_cudnn(layer: LayerConfig) -> None:
    """Keras 2.0.9 to 2.3, tf.keras 1.x: CuDNN layers ran on GPUs only; the plain ones equal them.

    Source: ``_convert_rnn_weights`` in ``engine/saving.py`` of Keras 2.2 tells how.
    """
    name = {"CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU"}.get(layer["class_name"])
    if name is None:
        return
    layer["class_name"] = name
    layer["config"] |= {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True}
    if name == "GRU":
        layer["config"]["reset_after"] = True

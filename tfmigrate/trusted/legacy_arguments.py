"""Arguments of layers and weights as the Kerases before 2.0 spelt them, and old defaults.

Source: ``keras/legacy/interfaces.py`` of Keras 2.0 to 2.3, which took both spellings.
"""

from __future__ import annotations

import inspect
from typing import Any

from tfmigrate.recipe import semantics
from tfmigrate.trusted.era import Era

Arguments = dict[str, Any]

_Names = dict[str, str | None]
_COMMON: _Names = {
    "W_regularizer": None,
    "b_regularizer": None,
    "W_constraint": None,
    "b_constraint": None,
}
_DENSE: _Names = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "bias": "use_bias",
    **_COMMON,
}
_CONV: _Names = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "dim_ordering": "data_format",
    "atrous_rate": "dilation_rate",
    "init": "kernel_initializer",
    "bias": "use_bias",
    **_COMMON,
}
_POOL: _Names = {
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "pool_length": "pool_size",
    "stride": "strides",
}
_RECURRENT: _Names = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "consume_less": None,
    "forget_bias_init": None,
    "U_regularizer": None,
    **_COMMON,
}
_NORM: _Names = {"mode": None, "beta_init": None, "gamma_init": None, "gamma_regularizer": None,
         "beta_regularizer": None}  # fmt: skip

# Class -> {old name: name today}; None where it was for training only.
_ORDERED: _Names = {"dim_ordering": "data_format"}
_NAMES: dict[str, _Names] = {
    "Dense": _DENSE,
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D", "SeparableConv2D", "Conv2DTranspose",
                     "Convolution1D", "Convolution2D", "Convolution3D", "SeparableConvolution2D",
                     "Convolution2DTranspose"), _CONV),
    **{f"{kind}Pooling{n}D": _POOL for kind in ("Max", "Average") for n in (1, 2, 3)},
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU"), _RECURRENT),
    "BatchNormalization": _NORM,
    "Dropout": {"p": "rate"},
    "Embedding": {"init": None, "W_regularizer": None, "W_constraint": None, "dropout": None},
    **dict.fromkeys(("GlobalMaxPooling2D", "GlobalAveragePooling2D", "UpSampling2D",
                     "ZeroPadding2D", "Cropping2D", "Flatten"), _ORDERED),
}  # fmt: skip
# What every layer took, and what means nothing today.
_GONE = ("input_dtype", "create_input_layer", "batch_input_dtype")
_ORDERS = {"th": "channels_first", "tf": "channels_last", "default": None}
_VALUES = {"padding": {}, "data_format": _ORDERS}


def renamed(
    cls: str, args: tuple[Any, ...], kwargs: Arguments
) -> tuple[tuple[Any, ...], Arguments]:
    """A layer's arguments under today's names."""
    names: _Names = _NAMES.get(cls, {})
    found: Arguments = {}
    if names is _NORM and kwargs.get("mode"):
        raise ValueError(f"BatchNormalization in mode {kwargs['mode']} is not in today's Keras")
    sizes = [kwargs.pop(k) for k in ("nb_row", "nb_col") if names is _CONV and k in kwargs]
    for key, value in kwargs.items():
        name = names.get(key, key)
        if key not in _GONE and name is not None:
            found[name] = _VALUES.get(name, {}).get(value, value) if key != name else value
    if sizes:
        found["kernel_size"] = tuple(sizes)
    if names is _CONV and "1D" not in cls and len(args) >= 3 and _are_sizes(args[1:3]):
        # Convolution2D(nb_filter, nb_row, nb_col), Convolution3D with one more
        count = 3 if "3D" in cls else 2
        args = (args[0], tuple(args[1 : 1 + count]), *args[1 + count :])
    return args, found


def _are_sizes(values: tuple[Any, ...]) -> bool:
    return all(type(v) is int for v in values)


def completed(cls: str, given: Arguments, era: Era) -> Arguments:
    """A layer's arguments with the defaults of the day written out.

    Raises:
        ValueError: The default changed over the years, and nothing says which applies.
    """
    found = dict(given)
    for default in semantics.defaults(cls, given, _semantics(era)):
        if not default.decided:
            raise ValueError(
                f"{cls} needs {default.argument}: its default changed over the years "
                f"({semantics.explained(default.known)}), and the file does not say which applies"
            )
        found[default.argument] = default.value
    return found


def _semantics(era: Era) -> str | None:
    major, minor = era.version
    if not era.inside:
        name = f"keras-{major}.{minor}"
    elif era.version < (2, 2):
        name = "tf.keras-1.x"
    elif era.version < (2, 3):
        return None  # 2.2.4-tf was the Keras of TensorFlow 1.13 to 2.1
    else:
        name = f"tf.keras-2.{minor}"
    return name if name in semantics.SEMANTICS else None


def by_name(cls: type, args: tuple[Any, ...], kwargs: Arguments) -> Arguments:
    """Arguments of a class by their names."""
    if not args:
        return kwargs
    names = [n for n in inspect.signature(cls).parameters if n not in ("args", "kwargs")]
    return {**dict(zip(names, args, strict=False)), **kwargs}


_WEIGHT_1 = ("shape", "initializer", "name", "trainable", "regularizer", "constraint")
_WEIGHT_2 = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")


def of_weight(args: tuple[Any, ...], kwargs: Arguments) -> Arguments:
    """The arguments of ``add_weight`` by name: Keras 1 took the shape first, Keras 2 the name."""
    name_first = not args or args[0] is None or isinstance(args[0], str)
    order = _WEIGHT_2 if name_first else _WEIGHT_1
    return {**dict(zip(order, args, strict=False)), **kwargs}

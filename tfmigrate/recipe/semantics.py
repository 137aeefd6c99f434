"""Whose defaults apply where a recipe gives no argument.

Every constructor default that changed between Keras 0.3 and Keras 3 and that can move the outputs
(found by comparing the signatures of Keras 0.3.3, 1.0.6, 1.0.8, 1.1.2, 1.2.2, 2.0.0, 2.0.9, 2.1.6,
2.2.5, 2.3.1, 2.6, 2.9, 2.12, 2.15, 3.0, 3.5 and 3.9; the rows also hold in tf_keras 2.21 and Keras
3.15), and what the TF1 libraries do differently (tf.layers, tf.nn, contrib.rnn, tf_slim 1.1).
``tf.keras-1.x`` is what Keras 2.6 to 2.15 keep as their v1 classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The columns of the tables, the oldest first.
_THEANO_ORDER = ("keras-0.3", "keras-1.0", "keras-1.0.6", "keras-1.0.7", "keras-1.0.8")
_K1 = (*_THEANO_ORDER, "keras-1.1", "keras-1.2")
_OLD_KERAS = (*_K1, "keras-2.2")
_TF1 = ("tf1-layers", "slim")

# Every name that `semantics` can have, with its column.
SEMANTICS: dict[str, str] = {
    **{name: name for name in _K1},
    **{f"keras-2.{minor}": "keras-2.2" for minor in range(3)},
    "keras-2.3": "keras-2.3",
    "tf.keras-1.x": "tf.keras-1.x",
    **{f"tf.keras-1.{minor}": "tf.keras-1.x" for minor in range(4, 16)},
    **{f"tf.keras-2.{minor}": "tf.keras-2.x" for minor in range(16)},
    "keras-3": "keras-3",
    "tf1-layers": "tf1-layers",
    "slim": "slim",
}

Row = dict[str, Any]


class _MustBeSaid:
    """The semantics has a default, but one that no argument of the layer can stand for."""

    def __repr__(self) -> str:
        return "must be given"


MUST_BE_SAID = _MustBeSaid()


def _row(*parts: tuple[tuple[str, ...], Any]) -> Row:
    return {column: value for columns, value in parts for column in columns}


_GATES = _row(
    ((*_OLD_KERAS, "tf.keras-1.x"), "hard_sigmoid"),
    (("keras-2.3", "tf.keras-2.x", "keras-3", *_TF1), "sigmoid"),
)
_CONV_GATES = _row(
    ((*_OLD_KERAS, "keras-2.3", "tf.keras-1.x", "tf.keras-2.x"), "hard_sigmoid"),
    (("keras-3",), "sigmoid"),
)
_RESET = _row(
    ((*_OLD_KERAS, "keras-2.3", "tf.keras-1.x", *_TF1), False),
    (("tf.keras-2.x", "keras-3"), True),
)
# Keras 1.0.0 to 1.0.7 differ among themselves, so "keras-1.0" alone decides nothing here.
_EPSILON = _row(
    (("keras-0.3", "keras-1.0.6", "keras-1.0.7"), 1e-6),
    (("keras-1.0.8", "keras-1.1"), 1e-5),
    (
        ("keras-1.2", "keras-2.2", "keras-2.3", "tf.keras-1.x", "tf.keras-2.x", "keras-3", *_TF1),
        1e-3,
    ),
)
_MOMENTUM = _row(
    (("keras-0.3", "keras-1.0.6"), 0.9),
    (("keras-1.0.7", "keras-1.0.8", "keras-1.1", "keras-1.2", "keras-2.2", "keras-2.3"), 0.99),
    (("tf.keras-1.x", "tf.keras-2.x", "keras-3", "tf1-layers"), 0.99),
    (("slim",), 0.999),
)
# tf.nn.leaky_relu has 0.2; contrib.layers and slim have no layer of their own.
_SLOPE = _row(
    ((*_OLD_KERAS, "keras-2.3", "tf.keras-1.x", "tf.keras-2.x", "keras-3"), 0.3),
    (_TF1, 0.2),
)

# TF1's fused LSTMs clipped unless told otherwise, in versions that no `semantics` tells apart.
_FUSED_CLIP = {"TensorFlow up to 1.3": 3.0, "TensorFlow from 1.4 on": None}

# (layer, argument) -> {column: default}. These must be given, or decided by `semantics`.
CHANGED: dict[tuple[str, str], Row] = {
    **{(n, "recurrent_activation"): _GATES for n in ("LSTM", "LSTMCell", "GRU", "GRUCell")},
    **{(f"ConvLSTM{n}D", "recurrent_activation"): _CONV_GATES for n in (1, 2, 3)},
    **{(n, "reset_after"): _RESET for n in ("GRU", "GRUCell")},
    ("BatchNormalization", "epsilon"): _EPSILON,
    ("BatchNormalization", "momentum"): _MOMENTUM,
    ("LeakyReLU", "alpha"): _SLOPE,
    **{(f"tf1.{n}", "cell_clip"): _FUSED_CLIP for n in ("LSTMBlockCell", "LSTMBlockFusedCell")},
}

# One argument, two names: keras-3 called it anew.
_SAME_ARGUMENT = {"alpha": ("alpha", "negative_slope")}

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose")
_SEPARABLE = ("SeparableConv2D", "DepthwiseConv2D")
_POOLING = ("MaxPooling2D", "AveragePooling2D", "MaxPooling3D", "AveragePooling3D")
_ORDERED = (
    "Conv2D", "Conv3D", "Conv2DTranspose", "SeparableConv2D", "LocallyConnected2D", *_POOLING,
    "UpSampling2D", "UpSampling3D", "ZeroPadding2D", "ZeroPadding3D", "Cropping2D", "Cropping3D",
    "GlobalMaxPooling2D", "GlobalAveragePooling2D", "SpatialDropout2D", "SpatialDropout3D",
)  # fmt: skip
_LAYER_NORM_AXIS = _row((_TF1, MUST_BE_SAID))

# What only some semantics see differently from Keras 2 and 3: Keras up to 1.0 had "th" as data
# order where keras.json did not say; slim's layers are activated by relu, but not where they are
# followed by a normaliser; tf.layers has no default size of a pooling window.
ELSEWHERE: dict[tuple[str, str], Row] = {
    **{(n, "data_format"): _row((_THEANO_ORDER, MUST_BE_SAID)) for n in _ORDERED},
    **{(n, "padding"): _row((("slim",), "same")) for n in (*_CONVOLUTIONS, *_SEPARABLE)},
    **{
        (n, "activation"): _row((("slim",), MUST_BE_SAID))
        for n in (*_CONVOLUTIONS, *_SEPARABLE, "Dense")
    },
    **{(n, "pool_size"): _row((_TF1, MUST_BE_SAID)) for n in _POOLING},
    **{(n, "strides"): _row((("slim",), 2), (("tf1-layers",), MUST_BE_SAID)) for n in _POOLING},
    ("BatchNormalization", "scale"): _row((("slim",), False)),
    ("LayerNormalization", "epsilon"): _row((_TF1, 1e-12)),
    ("LayerNormalization", "axis"): _LAYER_NORM_AXIS,
}


def engine_of(semantics: str | None) -> str:
    """The Keras that builds a recipe: ``keras3`` for ``keras-3``, else ``keras2``."""
    return "keras3" if semantics == "keras-3" else "keras2"


@dataclass(frozen=True)
class Default:
    """A default of one layer that ``semantics`` has to decide.

    Attributes:
        argument: The argument that was not given, as the engine calls it.
        value: What the semantics says; :data:`MUST_BE_SAID` where it says nothing.
        known: The default under each semantics that has one.
    """

    argument: str
    value: Any
    known: Row

    @property
    def decided(self) -> bool:
        """Whether the semantics says what it is."""
        return self.value is not MUST_BE_SAID


def defaults(layer: str, given: Mapping[str, Any], semantics: str | None) -> Iterator[Default]:
    """The arguments that ``given`` leaves to the semantics, for a layer by its real class name."""
    column = SEMANTICS.get(semantics or "")
    rows = [(*key, row, True) for key, row in CHANGED.items()]
    rows += [(*key, row, False) for key, row in ELSEWHERE.items()]
    for name, argument, row, always in rows:
        if name != layer or any(n in given for n in _SAME_ARGUMENT.get(argument, (argument,))):
            continue
        if always or column in row:
            said = row.get(column, MUST_BE_SAID) if column else MUST_BE_SAID
            yield Default(_spelt(argument, semantics), said, known_in(row))


def known_in(row: Row) -> Row:
    """The columns of a row that have a value."""
    return {column: value for column, value in row.items() if value is not MUST_BE_SAID}


def _spelt(argument: str, semantics: str | None) -> str:
    names = _SAME_ARGUMENT.get(argument, (argument,))
    return names[-1] if engine_of(semantics) == "keras3" else names[0]


def explained(known: Mapping[str, Any]) -> str:
    """The defaults over the years in words: ``False in keras-2.3; True in tf.keras-2.x``."""
    values: dict[str, list[str]] = {}
    for column, value in known.items():
        values.setdefault("null" if value is None else repr(value), []).append(column)
    return "; ".join(f"{value} in {_in_words(columns)}" for value, columns in values.items())


def _in_words(columns: list[str]) -> str:
    """Columns as text; three or more Keras versions in a row as the first and the last."""
    runs: list[list[str]] = []
    order = (*_K1, "keras-2.2", "keras-2.3")
    for column in columns:
        last = runs[-1][-1] if runs else ""
        follows = column in order[1:] and order[order.index(column) - 1] == last
        if follows:
            runs[-1].append(column)
        else:
            runs.append([column])
    return ", ".join(f"{r[0]} to {r[-1]}" if len(r) > 2 else ", ".join(r) for r in runs)

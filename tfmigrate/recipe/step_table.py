"""The steps of processing and their arguments, version 1; what they do is in ``processing``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tfmigrate.recipe import step_checks as checks
from tfmigrate.recipe.step_kinds import (
    COUNT,
    DEVIATIONS,
    DIVISOR,
    DTYPE,
    FILE,
    FRACTION,
    NATURAL,
    NUMBER,
    PER_CHANNEL,
    SHAPE,
    SIZE,
    SIZES,
    SPAN,
    TEXT,
    TRUTH,
    WHOLE,
    WORD_OR_ID,
    Kind,
    one_of,
)  # fmt: skip

# Goes up when a step of the same spelling would compute something else.
VERSION = 1
INPUT, OUTPUT = "input", "output"
BOTH = (INPUT, OUTPUT)


class _Required:
    """In place of a default: the argument has to be given."""


REQUIRED = _Required()


@dataclass(frozen=True)
class Argument:
    """An argument of a step.

    Attributes:
        kind: What it may be.
        default: What it is where not given; None where nothing.
    """

    kind: Kind
    default: Any = REQUIRED


@dataclass(frozen=True)
class Form:
    """How a step is written.

    Attributes:
        what: What it does, in one sentence.
        arguments: Its arguments by name; the first is what the short form gives.
        sides: Whether it stands before the model, behind it, or both.
        one_of: Exactly one of these arguments is given, where there are any.
        check: Says what is wrong with arguments that are right one by one; None where nothing.
    """

    what: str
    arguments: dict[str, Argument]
    sides: tuple[str, ...] = (INPUT,)
    one_of: tuple[str, ...] = ()
    check: Callable[[dict[str, Any]], str | None] = lambda given: None

    @property
    def bare(self) -> bool:
        """Whether its name alone is enough."""
        return not self.one_of and all(a.default is not REQUIRED for a in self.arguments.values())


LAYOUT = one_of("channels_last", "channels_first")
_CHANNELS = Kind(
    "1, 3 or 4", lambda v: v if type(v) is int and v in (1, 3, 4) else None, {"enum": [1, 3, 4]}
)
_METHOD = one_of(
    "nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"
)
_AXIS = Argument(WHOLE, -1)

STEPS: dict[str, Form] = {
    "example": Form(
        "One feature of serialized tf.Examples (a string each), of a fixed shape without batch.",
        {"feature": Argument(TEXT), "shape": Argument(SIZES, []),
         "dtype": Argument(one_of("float32", "int64", "string"), "float32")},
    ),
    "decode": Form(
        "Encoded images (a string each) become pixels from 0 to 255, RGB.",
        {"image": Argument(one_of("jpeg", "png", "any")),
         "channels": Argument(_CHANNELS, 3)},
        check=checks.decode,
    ),
    "resize": Form(
        "Images get another height and width.",
        {"size": Argument(SIZE), "method": Argument(_METHOD), "antialias": Argument(TRUTH, None),
         "centers": Argument(one_of("half_pixel", "legacy", "align_corners"), "half_pixel"),
         "like": Argument(one_of("tensorflow", "pillow"), "tensorflow"),
         "keep_aspect": Argument(one_of("none", "shorter_side", "pad"), "none"),
         "value": Argument(NUMBER, 0.0)},
        check=checks.resize,
    ),
    "crop": Form(
        "The middle of images, of a size or a fraction of theirs.",
        {"size": Argument(SIZE, None), "fraction": Argument(FRACTION, None)},
        one_of=("size", "fraction"),
    ),
    "pad_image": Form(
        "Images in the middle of a larger one.",
        {"size": Argument(SIZE), "value": Argument(NUMBER, 0.0)},
    ),
    "scale": Form(
        "Numbers times one number and plus another; whole numbers become float32.",
        {"to": Argument(SPAN, None), "from": Argument(SPAN, None),
         "multiply": Argument(NUMBER, None), "divide": Argument(DIVISOR, None),
         "offset": Argument(NUMBER, None)},
        sides=BOTH,
        check=checks.scale,
    ),
    "normalise": Form(
        "Minus the mean, divided by the deviation; or what keras.applications does by that name.",
        {"preset": Argument(one_of("caffe", "torch", "tf"), None),
         "mean": Argument(PER_CHANNEL, None), "std": Argument(DEVIATIONS, None),
         "layout": Argument(LAYOUT, "channels_last")},
        one_of=("preset", "mean"),
        check=checks.normalise,
    ),
    "channels": Form(
        "Colours in the other order, or the channels at the other end.",
        {"order": Argument(one_of("rgb->bgr", "bgr->rgb"), None),
         "layout": Argument(one_of("nhwc->nchw", "nchw->nhwc"), None)},
        check=checks.channels,
    ),
    "cast": Form(
        "Another dtype; whole numbers stop at the least and the most that it holds.",
        {"dtype": Argument(DTYPE), "round": Argument(TRUTH, False)},
        sides=BOTH,
    ),
    "one_hot": Form(
        "Ids become vectors with a one at the id; nothing but zeros where it is out of range.",
        {"depth": Argument(COUNT), "dtype": Argument(DTYPE, "float32")},
    ),
    "lower": Form(
        "Text in lower case.",
        {"letters": Argument(one_of("unicode", "ascii"), "unicode")},
    ),
    "split": Form(
        "Text becomes its words, at white space; pad or truncate gives them a fixed number.",
        {"at": Argument(one_of("whitespace"), "whitespace")},
    ),
    "lookup": Form(
        "Words become ids: the number of the line in a file, plus `first`.",
        {"vocabulary": Argument(FILE), "unknown": Argument(WORD_OR_ID, None),
         "buckets": Argument(COUNT, None), "first": Argument(NATURAL, 0)},
        one_of=("unknown", "buckets"),
    ),
    "pad": Form(
        "Ids get a fixed number: cut where there are more, filled where there are fewer.",
        {"to": Argument(COUNT), "value": Argument(WHOLE, 0), "begin": Argument(WHOLE, None),
         "end": Argument(WHOLE, None),
         "side": Argument(one_of("after", "before"), "after"),
         "cut": Argument(one_of("after", "before"), "after"),
         "give": Argument(one_of("ids", "mask", "segments"), "ids")},
        check=checks.pad,
    ),
    "truncate": Form(
        "At most so many ids, the first or the last ones.",
        {"to": Argument(COUNT), "keep": Argument(one_of("first", "last"), "first")},
    ),
    "reshape": Form(
        "Another shape of the same values.", {"shape": Argument(SHAPE)}, sides=BOTH
    ),
    "expand": Form("A new dimension of 1.", {"axis": Argument(WHOLE)}, sides=BOTH),
    "squeeze": Form("A dimension of 1 less.", {"axis": Argument(WHOLE)}, sides=BOTH),
    "softmax": Form("Logits become probabilities.", {"axis": _AXIS}, sides=(OUTPUT,)),
    "sigmoid": Form("Logits become probabilities, one by one.", {}, sides=(OUTPUT,)),
    "argmax": Form("The index of the largest value, int64.", {"axis": _AXIS}, sides=(OUTPUT,)),
    "top_k": Form(
        "The k largest of the last dimension, the largest first: their labels, scores or indices.",
        {"k": Argument(COUNT), "give": Argument(one_of("labels", "scores", "indices")),
         "labels": Argument(FILE, None)},
        sides=(OUTPUT,),
        check=checks.top_k,
    ),
    "label": Form(
        "The label of the largest value of the last dimension.",
        {"labels": Argument(FILE)},
        sides=(OUTPUT,),
    ),
    "threshold": Form(
        "Whether a value is above another.",
        {"value": Argument(NUMBER), "give": Argument(one_of("bool", "int64"), "bool")},
        sides=(OUTPUT,),
    ),
}  # fmt: skip

"""The steps by name; each loads on use."""

from __future__ import annotations

from typing import cast

from tfmigrate import lazy
from tfmigrate.processing.step import Step

_HOME = "tfmigrate.processing."
STEPS = {
    "example": "tf_examples:EXAMPLE",
    "decode": "decode:DECODE",
    "resize": "resize:RESIZE",
    "crop": "frames:CROP",
    "pad_image": "frames:PAD_IMAGE",
    "scale": "arithmetic:SCALE",
    "normalise": "normalise:NORMALISE",
    "channels": "channels:CHANNELS",
    "cast": "arithmetic:CAST",
    "one_hot": "ids:ONE_HOT",
    "lower": "texts:LOWER",
    "split": "texts:SPLIT",
    "lookup": "lookup:LOOKUP",
    "pad": "ids:PAD",
    "truncate": "ids:TRUNCATE",
    "reshape": "shapes:RESHAPE",
    "expand": "shapes:EXPAND",
    "squeeze": "shapes:SQUEEZE",
    "softmax": "answers:SOFTMAX",
    "sigmoid": "answers:SIGMOID",
    "argmax": "answers:ARGMAX",
    "top_k": "labels:TOP_K",
    "label": "labels:LABEL",
    "threshold": "answers:THRESHOLD",
}


def step(name: str) -> Step:
    """The step of that name."""
    return cast(Step, lazy.load(_HOME + STEPS[name]))

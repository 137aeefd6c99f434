"""What is wrong with the arguments of a step that are right one by one."""

from __future__ import annotations

from typing import Any

Given = dict[str, Any]

# What each decoder of TensorFlow can give.
_CHANNELS = {"jpeg": (1, 3), "png": (1, 3, 4), "any": (3,)}
_FILTERS = ("bilinear", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
_PILLOW = ("nearest", "bilinear", "bicubic", "lanczos3")
_TF1 = ("nearest", "bilinear", "bicubic")


def decode(given: Given) -> str | None:
    """Channels that not every image of the format can have."""
    allowed = _CHANNELS[given["image"]]
    if given.get("channels", 3) in allowed:
        return None
    return f"{given['image']} gives {' or '.join(map(str, allowed))} channels"


def resize(given: Given) -> str | None:
    """Methods and modes that do not go together; antialias where it decides and is not said."""
    method, antialias = given["method"], given.get("antialias")
    if given.get("like") == "pillow":
        return _like_pillow(method, antialias, given) or _aspect(given)
    if given.get("centers", "half_pixel") != "half_pixel":
        if antialias or method not in _TF1:
            return f"only {', '.join(_TF1)} without antialias have legacy and align_corners"
    elif method in _FILTERS and antialias is None:
        return f"{method} needs antialias: true (as Pillow) or false (as tf.image.resize)"
    if method not in _FILTERS and antialias:
        return f"{method} has no antialias"
    return _aspect(given)


def _like_pillow(method: str, antialias: bool | None, given: Given) -> str | None:
    if method not in _PILLOW:
        return f"like: pillow has {', '.join(_PILLOW)}"
    if antialias is False or "centers" in given:
        return "Pillow always has antialias, and pixels at their centers"
    return None


def _aspect(given: Given) -> str | None:
    if "value" in given and given.get("keep_aspect") != "pad":
        return "value is the margin of keep_aspect: pad"
    height, width = given["size"]
    if given.get("keep_aspect") == "shorter_side" and height != width:
        return "keep_aspect: shorter_side takes one size, that of the shorter side"
    return None


def scale(given: Given) -> str | None:
    """Neither a span nor factors, or both."""
    factors = [key for key in ("multiply", "divide", "offset") if key in given]
    if "to" in given:
        return f"to and {factors[0]} say it twice" if factors else None
    if "from" in given:
        return "from needs to"
    if "multiply" in given and "divide" in given:
        return "either multiply or divide"
    return None if factors else "needs to, multiply, divide or offset"


def normalise(given: Given) -> str | None:
    """A preset has its own deviation; a list has one number for each channel."""
    if "preset" in given:
        return "the preset has its own std" if "std" in given else None
    sizes = {len(given[key]) for key in ("mean", "std") if key in given} - {1}
    return "mean and std have different numbers of channels" if len(sizes) > 1 else None


def channels(given: Given) -> str | None:
    """Nothing to do."""
    return None if given else "needs order or layout"


def pad(given: Given) -> str | None:
    """No room for anything between the two marks."""
    marks = [key for key in ("begin", "end") if key in given]
    if given["to"] <= len(marks):
        return f"to must be larger than {len(marks)}, to have room beside {' and '.join(marks)}"
    return None


def top_k(given: Given) -> str | None:
    """Labels without their file, or a file that nothing is taken from."""
    if (given["give"] == "labels") == ("labels" in given):
        return None
    if given["give"] == "labels":
        return "give: labels needs labels: FILE"
    return f"labels: FILE has no use with give: {given['give']}"

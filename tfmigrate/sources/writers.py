"""Which program wrote a Keras file, as far as the file says so."""

from __future__ import annotations

import re

from tfmigrate.results import Writer
from tfmigrate.tensors import TensorInfo

# Keras 1 names a weight layer_W, layer_running_std; Keras 2 and later layer/kernel.
_KERAS_1_NAME = re.compile(
    r".*_(W|U|b|[WUb]_[a-z0-9_]+|gamma|beta|alphas?|betas|running_(mean|std))(_\d+)?(:0)?"
)


def keras(version: str | None, backend: str | None) -> Writer:
    """Tell standalone Keras from tf.keras.

    TensorFlow 1.x to 2.2 marked its Keras with ``-tf``; standalone Keras ended with 2.4.3, which
    already called tf.keras, and began again with 3.0.
    """
    version = version or ""
    major, minor = numbers(version)
    inside = "-tf" in version or (major == 2 and minor >= 4)
    return Writer("tf.keras" if inside else "Keras", version, backend or "")


def numbers(version: str) -> tuple[int, int]:
    """Major and minor of a version; (0, 0) where there is none."""
    found = re.match(r"(\d{1,4})(?:\.(\d{1,4}))?", version)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def era(writer: Writer, tensors: tuple[TensorInfo, ...] = ()) -> str:
    """``keras-0``, ``keras-1``, ``keras-2``, ``tf.keras``, ``keras-3``, or "" where unknown.

    Keras 1 wrote no version into weights-only files; the names of its weights give it away.
    """
    major, _ = numbers(writer.version)
    if writer.name == "tf.keras":
        return "tf.keras"
    if writer.version:
        return f"keras-{min(major, 3)}"
    weights = [t.key for t in tensors if not t.training]
    if weights and all(re.fullmatch(r"param_\d+", key) for key in weights):
        return "keras-0"
    if weights and all(_KERAS_1_NAME.fullmatch(key) for key in weights):
        return "keras-1"
    return ""

"""Quantised layers of Keras 3: which modes are rebuilt with Keras's own quantised layers."""

from __future__ import annotations

import re
from typing import Any

from tfmigrate.errors import shown
from tfmigrate.results import Hazard

# Keras 3.3 brought int8 and float8. int4 (3.12) packs its kernels in another way in each version
# since, GPTQ and AWQ need their own tables.
_REBUILT = ("int8", "float8")
_POLICY = re.compile(r"(\w+?)(/[\w/-]+)?_from_\w+")


def mode(key: str, value: Any) -> str:
    """The quantisation mode that an entry of a layer's config states, "" where it states none.

    Policies are stored by name (``int8_from_float32``) or as an object with its ``mode``.
    """
    if key == "quantization_mode" and isinstance(value, str):
        return value
    if key == "dtype" and isinstance(value, str):
        found = _POLICY.fullmatch(value)
        return found[1] if found else ""
    if not isinstance(value, dict) or "Policy" not in str(value.get("class_name")):
        return ""
    config = value.get("config")
    stated = config.get("mode") if isinstance(config, dict) else None
    return stated if isinstance(stated, str) else ""


def hazard(mode: str, where: str) -> Hazard:
    """What a quantised layer means for a migration."""
    if mode in _REBUILT:
        return Hazard("quantized", f"it is quantised ({shown(mode, 40)}), and exported so", where)
    return Hazard(
        "quantized", f"it is quantised by {shown(mode.partition('/')[0], 40)}, which is not "
        "rebuilt", where, 3, "quantise the original to int8, or save it without quantisation",
    )  # fmt: skip

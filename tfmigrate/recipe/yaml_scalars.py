"""What a plain YAML word means: two answers, one for recipes and one for what old Keras wrote."""

from __future__ import annotations

import re
from typing import Any

import yaml

_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"),
}  # fmt: skip

# A number with a leading zero (012) is a text; so are 12:30, 0x1f, 1_000 and dates.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_DIGITS = 19

_YAML_1_1: Any = yaml.SafeLoader("")


def core_scalar(text: str) -> Any:
    """A plain word of a recipe: null, true, false, a decimal number, else the text itself.

    YAML 1.2's core schema without octal and hexadecimal. ``no``, ``on``, ``012`` and ``12:30``
    are texts.

    Raises:
        ValueError: A whole number too long to be meant.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        if len(text.lstrip("+-")) > _DIGITS:
            raise ValueError(f"a whole number of more than {_DIGITS} digits")
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def keras_scalar(text: str) -> Any:
    """A plain word as PyYAML wrote it (YAML 1.1); dates and merge keys stay texts."""
    tag = _YAML_1_1.resolve(yaml.ScalarNode, text, (True, False))
    if tag.rpartition(":")[2] not in {"null", "bool", "int", "float"}:
        return text
    if len(text) > 400:
        raise ValueError("a number of more than 400 characters")
    return _YAML_1_1.yaml_constructors[tag](_YAML_1_1, yaml.ScalarNode(tag, text))

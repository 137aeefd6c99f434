"""How the configs of each era store a function: its bytes, defaults, closure and arguments."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged
from tfmigrate.expressions.nodes import Call, Const, Node
from tfmigrate.lambdas.values import Unliftable, constant

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True)
class Stored:
    """A function as a config stores it.

    Attributes:
        code: The marshalled bytes.
        defaults: The values of its last parameters, as JSON.
        closure: The values of its free variables, as JSON.
    """

    code: bytes
    defaults: tuple[Any, ...] = ()
    closure: tuple[Any, ...] = ()


def read(function: Any) -> Stored:
    """A function out of a config of any era.

    Keras 1.0 stored the bytes as text, Keras 1.1 to 2.0 a list of text, defaults and closure,
    Keras 2.1 on the same in base64, Keras 3 an object with the three.

    Raises:
        Damaged: It is none of these.
    """
    if isinstance(function, dict) and function.get("class_name") == "__lambda__":
        inner = function.get("config")
        inner = inner if isinstance(inner, dict) else {}
        # Elsewhere than in a Lambda layer Keras 3 keeps the three in one list.
        keys = ("code", "defaults", "closure")
        function = inner["value"] if "value" in inner else [inner.get(key) for key in keys]
    if isinstance(function, str):
        function = [function, None, None]
    if not isinstance(function, list | tuple) or len(function) != 3:
        raise Damaged("the config holds no code where a Lambda has it")
    code, defaults, closure = function
    if not isinstance(code, str):
        raise Damaged("the config holds no code where a Lambda has it")
    return Stored(_bytes(code), _values(defaults), _values(closure))


def _bytes(text: str) -> bytes:
    if _BASE64.fullmatch(text):
        try:
            return base64.b64decode(re.sub(r"\s", "", text), validate=True)
        except binascii.Error as problem:
            raise Damaged(f"the code of a Lambda is no base64: {problem}") from problem
    try:
        return text.encode("raw_unicode_escape")
    except UnicodeEncodeError as problem:
        raise Damaged("the code of a Lambda is no text of bytes") from problem


def _values(stored: Any) -> tuple[Any, ...]:
    if isinstance(stored, dict) and stored.get("class_name") == "__tuple__":
        stored = stored.get("config", {}).get("items", stored.get("items"))
    if stored is None:
        return ()
    if not isinstance(stored, list | tuple):
        raise Damaged("the defaults or the closure of a Lambda are no list")
    return tuple(stored)


def value(stored: Any) -> Node:
    """A stored default, closure value or argument as a node.

    Raises:
        Unliftable: It is something else than numbers, texts, lists and arrays.
    """
    if not isinstance(stored, dict):
        found: Node = constant(stored)
        return found
    kind, inner = stored.get("class_name"), stored.get("config")
    if stored.get("type") == "ndarray" and "value" in stored:
        return Call("np.array", (constant(stored["value"]),))
    if kind == "__tuple__":
        items = stored.get("items", inner.get("items") if isinstance(inner, dict) else None)
        whole: Node = constant(tuple(items)) if isinstance(items, list) else constant(items)
        return whole
    if kind in ("__numpy__", "__tensor__") and isinstance(inner, dict):
        dtype = (("dtype", Const(str(inner.get("dtype")))),)
        return Call("np.array", (constant(inner.get("value")),), dtype)
    raise Unliftable("an argument that is neither a number, a text, a list nor an array")

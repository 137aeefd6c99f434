"""Code and foreign names in a Keras config: found, named, never run and never unmarshalled."""

from __future__ import annotations

import base64
import binascii
import functools
import re
import sys
from collections.abc import Iterator
from typing import Any

from tfmigrate import lambdas as lifting
from tfmigrate.errors import shown
from tfmigrate.expressions import Dialect, text
from tfmigrate.results import Hazard
from tfmigrate.sources import config
from tfmigrate.sources.config import ConfigLayer

# Modules whose objects a Keras writes into its own configs.
_OWN_MODULE = re.compile(
    r"(keras|tf_keras|keras_core|tensorflow\.(python\.)?keras)(\.src|\.api(\._v2)?|\._tf_keras)?"
    r"(\.keras)?(\.(layers|models|engine|initializers|regularizers|constraints|activations|"
    r"dtype_policies|mixed_precision|losses|metrics|optimizers|random|quantizers|ops|backend|"
    r"legacy|applications)(\.[a-z0-9_.]+)?)?"
)
# Functions that a config names are looked up and called: only those that compute on tensors.
_OWN_FUNCTION = re.compile(
    r"(keras|tf_keras|keras_core)(\.src)?\.(activations|initializers)(\.\w+)?"
)
# What Keras 3 calls the parts of a function it stores.
_INSIDE = ("code", "value", "defaults", "closure", "config")
# Keras's own marks inside configs; nothing is imported for them.
_MARKS = re.compile(r"__(keras_tensor|slice|ellipsis|tensor|numpy|tuple)__")
_FRAMEWORKS = ("keras", "tf_keras", "keras_core", "tensorflow", "numpy", "torch", "jax")
# Keys of objects that only matter while a model is trained.
_UNUSED = ("_initializer", "_regularizer", "_constraint")
_VOCABULARIES = ("vocabulary", "idf_weights", "vocabulary_file")
_LOADERS = ("TFSMLayer", "TorchModuleWrapper")

_LAMBDA_HELP = (
    "give its expression in a recipe, under functions, by the name of the layer or the SHA-256 of "
    "its code; or replace it by a built-in layer in the program that made the model"
)
# Where a Lambda, or a merge of Keras 1 by a function, keeps code that is lifted or never needed.
_LIFTED_KEYS = ("function", "mode", "mask", "output_mask", "output_shape")


def lambdas(layer: ConfigLayer, dialect: Dialect) -> Iterator[Hazard]:
    """Python code in the config of a layer: what it is read as, or why it is no expression."""
    found = [v for v in layer.values if _says_code(v) or python_version(v.value)]
    if not found and layer.class_name not in ("Lambda", "LambdaMerge"):
        return
    known = layer.class_name == "Lambda" or layer.config.get("mode_type") == "lambda"
    elsewhere = [v for v in found if v.key.removesuffix("_type") not in (*_LIFTED_KEYS, *_INSIDE)]
    if known and not elsewhere:
        yield from _read(layer, dialect)
        return
    python = next((p for p in (python_version(v.value) for v in found) if p), "")
    how = f"the file stores its code as bytecode of {python}" if python else (
        "the file stores its code" if found else "the file names its function but has no code"
    )  # fmt: skip
    yield Hazard(
        "lambda", f"{shown(layer.class_name)} layer: {how}; it is never run", layer.path, 5,
        _LAMBDA_HELP, config.named_function(layer.config),
    )  # fmt: skip


def _read(layer: ConfigLayer, dialect: Dialect) -> Iterator[Hazard]:
    first = "function" if layer.class_name == "Lambda" else "mode"
    for key in (first, "mask", "output_mask"):
        if key != first and layer.config.get(key) is None:
            continue
        try:
            lifted = lifting.lift_of(layer.config, dialect, key)
        except lifting.CannotLift as refused:
            yield _refused(layer, key, refused)
        else:
            yield Hazard(
                "lambda", f"the bytecode of its {key} (Python {lifted.python}) is read as"
                f" {shown(text(lifted.expression), 300)}", layer.path,
            )  # fmt: skip


def _refused(layer: ConfigLayer, key: str, refused: lifting.CannotLift) -> Hazard:
    code = f" (Python {refused.python}, SHA-256 {refused.sha256})" if refused.python else ""
    hint = f"; its bytecode:\n{refused.disassembly}" if refused.disassembly else ""
    return Hazard(
        "lambda",
        f"{shown(layer.class_name)} layer: the code of its {key} is more than an expression:"
        f" {refused.reason}{code}; it is never run", layer.path, 5, f"{_LAMBDA_HELP}{hint}",
        config.named_function(layer.config) or _own_name(refused.disassembly, layer),
    )  # fmt: skip


def _own_name(disassembly: str, layer: ConfigLayer) -> str:
    """What an author's file would call the function: its own name, a lambda's after its layer."""
    name = disassembly.partition("(")[0].strip()
    return layer.name if name in ("", "<lambda>") else name


def foreign_modules(layer: ConfigLayer) -> Iterator[Hazard]:
    """Objects of modules that are not Keras's own, and layers that load other files."""
    if layer.class_name in _LOADERS:
        yield Hazard(
            "external-model", f"{layer.class_name} would load a model from another place",
            layer.path, 5, "migrate that model itself",
        )  # fmt: skip
    if not _own(layer.entry) and not _honest(layer.entry):
        yield _foreign(layer.entry, layer.path)
    for value in layer.values:
        if not config.is_object(value.value) or _own(value.value):
            continue
        if not _honest(value.value):
            yield _foreign(value.value, layer.path)
            continue
        yield Hazard(
            "custom-object",
            f"its {shown(value.key, 40)} is the author's own {_named(value.value)!r}",
            layer.path, 0 if value.key.endswith(_UNUSED) else 3,
            "not needed, and left out" if value.key.endswith(_UNUSED)
            else "give the author's file that defines it with --trust-code FILE.py",
            "" if value.key.endswith(_UNUSED) else _name_of(value.value),
        )  # fmt: skip


def _name_of(entry: dict[str, Any]) -> str:
    """What an author's own class or function is registered as."""
    if entry["class_name"] == "function":
        return str(entry.get("config"))
    return str(entry.get("registered_name") or entry["class_name"])


def text_functions(layer: ConfigLayer) -> Iterator[Hazard]:
    """What a TextVectorization standardises and splits with, where that is no plain name."""
    if layer.class_name != "TextVectorization":
        return
    for key in ("standardize", "split"):
        if not isinstance(layer.config.get(key), str | None):
            yield Hazard(
                "foreign-module", f"its {key} is a function of the author's; it is never run",
                layer.path, 5, "save the model with one of Keras's own names",
            )  # fmt: skip


def hidden_layers(layer: ConfigLayer) -> Iterator[Hazard]:
    """Layers that load or run something, where the config of another layer hides them."""
    for value in layer.values:
        if config.is_object(value.value) and value.value["class_name"] in (*_LOADERS, "Lambda"):
            yield _foreign(value.value, layer.path)


def vocabulary_paths(layer: ConfigLayer) -> Iterator[Hazard]:
    """Vocabularies that are read from a file whose path the model states."""
    for value in layer.values:
        if value.direct and value.key in _VOCABULARIES and isinstance(value.value, str):
            yield Hazard(
                "vocabulary-path",
                f"its {value.key} is the path of a file, {shown(value.value, 80)!r}; a model "
                "must not choose which files are read", layer.path, 5,
                "save the model again with the vocabulary given as a list",
            )  # fmt: skip


def python_version(value: Any) -> str:
    """Which Python marshalled a code object, from its header alone; "" for anything else.

    A code object starts with its type byte and a fixed number of 4-byte counts, and then its
    bytecode, a string object: 4 counts in Python 2, 5 in 3.0 to 3.7, 6 in 3.8 to 3.10 and 5 since
    3.11, whose bytecode starts with RESUME or a copy of free variables.
    """
    if not isinstance(value, str) or len(value) < 24:
        return ""
    head = _marshal_head(value)
    if head is None:
        return ""
    if head[0] == 0x63 and head[17:18] in (b"s", b"t", b"R"):
        return "Python 2"
    if head[25:26] in (b"s", b"\xf3"):
        return "Python 3.8 to 3.10"
    if head[21:22] not in (b"s", b"\xf3"):
        return ""
    first = head[26:27]
    # RESUME is 151 (149 in 3.13), COPY_FREE_VARS 149 (62 in 3.13), MAKE_CELL 135 (94 in 3.13).
    if head[21:22] == b"\xf3" and first in (b"\x97", b"\x95", b"\x87", b"\x3e", b"\x5e"):
        return "Python 3.11 or later"
    return "Python 3.0 to 3.7"


def _marshal_head(value: str) -> bytes | None:
    if value[0] in "c\xe3":
        # Keras up to 2.1 stored the bytes as text.
        return value[:64].encode("raw_unicode_escape")
    if value[:2] in ("4w", "Yw"):
        plain = re.sub(r"\s", "", value[:160])
        try:
            return base64.b64decode(plain[: len(plain) // 4 * 4])
        except binascii.Error:
            return None
    return None


def _says_code(value: config.Value) -> bool:
    if config.is_object(value.value) and value.value["class_name"] == "__lambda__":
        return True
    # Keras 2: function_type, output_shape_type, mask_type; ResidualWrapper: residual_fn_type ...
    return value.key.endswith("_type") and value.value == "lambda"


@functools.lru_cache(4096)
def _own_module(module: str) -> bool:
    return _OWN_MODULE.fullmatch(module) is not None


def _own(entry: dict[str, Any]) -> bool:
    module, name = entry.get("module"), entry["class_name"]
    if name == "__typespec__":
        return False  # its module is imported, whichever it is
    if not isinstance(module, str):
        return True
    if module == "builtins":
        # Keras 3 files the author's own functions here, by name; nothing is looked up.
        return name in ("function", "__lambda__", "dict", "list", "tuple", "set")
    if name == "function":
        return _OWN_FUNCTION.fullmatch(module) is not None
    return _own_module(module)


def _honest(entry: dict[str, Any]) -> bool:
    # What an author's own class looks like: registered, and in a module of the author's. No class
    # of Python's library is a layer, and Keras's other modules hold downloaders and switches.
    package = str(entry.get("module")).split(".")[0]
    return isinstance(entry.get("registered_name"), str) and not (
        package in sys.stdlib_module_names or package in _FRAMEWORKS
    )


def _foreign(entry: dict[str, Any], path: str) -> Hazard:
    return Hazard(
        "foreign-module",
        f"the config names {_named(entry)!r}, which is no part of a model; it is never imported",
        path, 5, "save the model with Keras's own objects only",
    )  # fmt: skip


def _named(entry: dict[str, Any]) -> str:
    return shown(f"{entry.get('module')}.{entry['class_name']}", 80)

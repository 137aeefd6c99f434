"""The forms that one key may take, read into one; mistakes carry the facts for their message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe import rules, weight_ops
from tfmigrate.recipe.parameters import unresolved
from tfmigrate.recipe.semantics import SEMANTICS

if TYPE_CHECKING:
    from tfmigrate.recipe.architecture import Layer
    from tfmigrate.recipe.model import InputRange, Rule

# In place of a default: the argument has to be given.
REQUIRED = {"required": True}

DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bfloat16",
    "float16", "float32", "float64", "complex64", "complex128", "string",
)  # fmt: skip


def mistake(
    what: str, *, found: object = "", expected: str = "", near: Iterable[str] = ()
) -> PydanticCustomError:
    """An error that the loader turns into a problem as it stands."""
    facts = {"what": what, "found": shown(found), "expected": expected, "nearest": tuple(near)}
    return PydanticCustomError("recipe", "{what}", facts)


def _rule_mistake(error: rules.RuleMistake) -> PydanticCustomError:
    found, expected = error.found, error.expected
    return mistake(str(error), found=found, expected=expected, near=error.nearest)


def dtype(name: str) -> str:
    """One of the types that TensorFlow and NumPy share."""
    if name not in DTYPES and not unresolved(name):
        usual = {"int": ("int32",), "float": ("float32",), "str": ("string",)}
        near = usual.get(name) or nearest(name, DTYPES)
        raise mistake(f"there is no dtype {shown(name, 60)}", near=near)
    return name


def semantics(name: str) -> str:
    """A name whose defaults we know."""
    if name not in SEMANTICS and not unresolved(name):
        raise mistake(
            f"unknown semantics {shown(name, 60)}",
            expected="keras-2.2, tf.keras-2.8, keras-3, tf1-layers, slim ...",
            near=nearest(name, SEMANTICS),
        )
    return name


def names(value: Any) -> tuple[str, ...]:
    """A name or a list of names, as a tuple."""
    found = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not found or not all(isinstance(n, str) and n for n in found):
        raise mistake("must be a name or a list of names", found=value, expected="a name or a list")
    return found


def patterns(value: Any) -> tuple[str, ...]:
    """A name pattern or a list of them, braces checked."""
    found = names(value)
    try:
        for pattern in found:
            rules.segments(pattern)
    except rules.RuleMistake as error:
        raise _rule_mistake(error) from error
    return found


def size(value: Any) -> Any:
    """A dimension of a weight: a whole number, or an expression that gives one."""
    if (type(value) is int and value > 0) or (isinstance(value, str) and value.strip()):
        return value
    raise mistake(
        "a size must be a whole number from 1 on, or an expression",
        found=value,
        expected="4, last or 2 * $units",
    )


def arguments(value: Any) -> Any:
    """Names with defaults: a mapping, or a list of names and of such mappings."""
    if not isinstance(value, list):
        return value
    found: dict[str, Any] = {}
    for item in value:
        found |= item if isinstance(item, dict) else {str(item): REQUIRED}
    return found


def block_inputs(value: Any) -> Any:
    """The inputs of a block: a name, names, or a mapping to what each is."""
    return value if isinstance(value, dict) else {name: {} for name in names(value)}


def graph_input(value: Any) -> Any:
    """An input in its long form; a text is a tensor of a graph."""
    return {"tensor": value} if isinstance(value, str) and not unresolved(value) else value


def entry_weight(value: Any) -> Any:
    """A weight in its long form; a text is a variable of an earlier entry."""
    return {"of": value} if isinstance(value, str) and not unresolved(value) else value


def source(value: Any) -> Any:
    """What a layer is called with: a name, a list, or a mapping of call arguments."""
    if value is None:
        return None
    if isinstance(value, dict) and value:
        return {key: _name_or_tuple(item) for key, item in value.items()}
    return _name_or_tuple(value)


def _name_or_tuple(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list | tuple) and value and all(isinstance(n, str) and n for n in value):
        return tuple(value)
    raise mistake(
        "`from` must be a name, a list of names, or a mapping of call arguments to them",
        found=value,
        expected="dense, [a, b] or {query: a, value: b}",
    )


def outputs(value: Any) -> dict[str, str]:
    """Named outputs: a mapping, a list of layers under their own names, or one such layer."""
    if value is None or isinstance(value, dict):
        found = value or {}
    elif isinstance(value, list) and len({str(n) for n in value}) == len(value):
        found = {str(n): n for n in value}
    else:
        found = {str(value): value}
    if not all(isinstance(n, str) and n for n in found.values()):
        raise mistake("must name layers", found=value, expected="{name: layer} or [layer, ...]")
    return dict(found)


def signature_outputs(value: Any) -> Any:
    """The outputs of a signature in their long form; a text is an output, or a layer."""
    if isinstance(value, dict):
        return {k: {"from": v} if isinstance(v, str) else v for k, v in value.items()}
    return {name: {"from": source} for name, source in outputs(value).items()}


def op(value: Any) -> dict[str, dict[str, Any]]:
    """An op in its long form, ``{name: {argument: value}}``."""
    try:
        name, arguments = weight_ops.op_arguments(value)
    except rules.RuleMistake as error:
        raise _rule_mistake(error) from error
    return {name: {k: list(v) if isinstance(v, tuple) else v for k, v in arguments.items()}}


# What an entry of the architecture can be; "block" and "layers" are gone once it is expanded.
KINDS = ("layer", "call_layer", "block", "layers", "compute", "variable")


def one_kind(layer: Layer) -> Layer:
    """Refuse an entry that is nothing, or several things at once."""
    given = [kind for kind in KINDS if getattr(layer, kind) is not None]
    if len(given) != 1:
        what = f"needs one of {', '.join(KINDS)}"
        raise mistake(what, found=" and ".join(given), expected="exactly one of them")
    if layer.with_ and given[0] not in ("layer", "block"):
        why = "; the layer has its arguments" if given[0] == "call_layer" else ""
        raise mistake(f"`with` has no meaning beside `{given[0]}`{why}")
    return layer


def captured(rule: Rule) -> Rule:
    """Refuse captures that do not fit together."""
    try:
        rules.check_captures(rules.one_of_both(rule.from_, rule.either), rule.to)
    except rules.RuleMistake as error:
        raise _rule_mistake(error) from error
    return rule


def ordered(span: InputRange) -> InputRange:
    """Refuse an empty range."""
    if not span.low < span.high:
        raise mistake("`low` must be below `high`", found=f"{span.low} and {span.high}")
    return span

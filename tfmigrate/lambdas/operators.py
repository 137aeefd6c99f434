"""Instructions of arithmetic, comparison, subscripts and attributes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged
from tfmigrate.expressions.nodes import Binary, Call, Const, Items, Slice, Subscript, Unary
from tfmigrate.lambdas import modules
from tfmigrate.lambdas.instructions import Instruction, comparison, element
from tfmigrate.lambdas.values import (
    NULL,
    Bound,
    Growing,
    Mapping,
    Ref,
    Unliftable,
    as_node,
    known_items,
    truth,
)

if TYPE_CHECKING:
    from tfmigrate.lambdas.lifter import Frame, State

Handler = Callable[["Frame", "State", Instruction], None]

_BINARY = {
    "ADD": "+", "SUBTRACT": "-", "MULTIPLY": "*", "TRUE_DIVIDE": "/", "DIVIDE": "div",
    "FLOOR_DIVIDE": "//", "MODULO": "%", "POWER": "**", "MATRIX_MULTIPLY": "@", "AND": "&",
    "OR": "|", "XOR": "^", "LSHIFT": "<<", "RSHIFT": ">>",
}  # fmt: skip
# The order of BINARY_OP's arguments; from 13 on the same in place.
_NUMBERED = ("+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^")
_UNARY = {"NEGATIVE": "-", "POSITIVE": "+", "INVERT": "~", "NOT": "not"}
_FOLDED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "is": operator.is_, "is not": operator.is_not,
}  # fmt: skip
_ORDERED: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _binary(symbol: str, left: Any, right: Any, in_place: bool) -> Any:
    items = known_items(right)
    if symbol == "+" and isinstance(left, Growing) and items is not None:
        if in_place:
            left.items.extend(items)
            return left
        return Growing([*left.items, *items]) if isinstance(right, Growing) else _failed(symbol)
    first, second = as_node(left), as_node(right)
    if symbol != "div":
        return Binary(symbol, first, second)
    if any(isinstance(v, Const) and isinstance(v.value, float) for v in (first, second)):
        return Binary("/", first, second)
    return Call("py2_div", (first, second))  # Python 2 floors where both are integers


def _failed(symbol: str) -> Any:
    raise Unliftable(f"{symbol} of a list and a tuple, which fails")


def _arithmetic(symbol: str, in_place: bool) -> Handler:
    def handle(frame: Frame, state: State, instruction: Instruction) -> None:
        left, right = state.take(2)
        state.stack.append(_binary(symbol, left, right, in_place))

    return handle


def _numbered(frame: Frame, state: State, instruction: Instruction) -> None:
    if instruction.argument >= 26:
        raise Damaged(f"arithmetic {instruction.argument} is none of Python {frame.lifter.version}")
    symbol = _NUMBERED[instruction.argument % 13]
    left, right = state.take(2)
    state.stack.append(_binary(symbol, left, right, instruction.argument >= 13))


def _unary(symbol: str) -> Handler:
    def handle(frame: Frame, state: State, instruction: Instruction) -> None:
        value = state.pop()
        known = truth(value)
        if symbol == "not" and known is not None:
            state.stack.append(Const(not known))
        elif symbol == "-" and isinstance(value, Const) and type(value.value) in (int, float):
            state.stack.append(Const(-value.value))  # type: ignore[operator]
        else:
            state.stack.append(Unary(symbol, as_node(value)))

    return handle


def compared(symbol: str, left: Any, right: Any) -> Any:
    """A comparison, at once where both sides are constants."""
    first, second = as_node(left), as_node(right)
    if isinstance(first, Const) and isinstance(second, Const):
        one, two = first.value, second.value
        if symbol in _FOLDED and ("is" not in symbol or None in (one, two)):
            return Const(bool(_FOLDED[symbol](one, two)))
        if symbol in _ORDERED and all(isinstance(v, int | float) for v in (one, two)):
            return Const(bool(_ORDERED[symbol](one, two)))
    return Binary(symbol, first, second)


def _compare(frame: Frame, state: State, instruction: Instruction) -> None:
    symbol = comparison(instruction.argument, frame.lifter.version)
    state.stack.append(compared(symbol, *state.take(2)))


def _worded(word: str) -> Handler:
    def handle(frame: Frame, state: State, instruction: Instruction) -> None:
        if instruction.argument > 1:
            raise Damaged("a comparison that is none")
        negated = {"is": "is not", "in": "not in"}[word]
        symbol = negated if instruction.argument else word
        state.stack.append(compared(symbol, *state.take(2)))

    return handle


def _element(value: Any, index: Any) -> Any:
    items = known_items(value)
    if items is not None and isinstance(index, Const) and type(index.value) is int:
        if not -len(items) <= index.value < len(items):
            raise Unliftable("an index beyond the end of a list")
        return items[index.value]
    return Subscript(as_node(value), as_node(index))


def _subscript(frame: Frame, state: State, instruction: Instruction) -> None:
    state.stack.append(_element(*state.take(2)))


def _part(value: Any) -> Any:
    return None if isinstance(value, Const) and value.value is None else as_node(value)


def _binary_slice(frame: Frame, state: State, instruction: Instruction) -> None:
    value, start, stop = state.take(3)
    state.stack.append(Subscript(as_node(value), Slice(_part(start), _part(stop))))


def _build_slice(frame: Frame, state: State, instruction: Instruction) -> None:
    parts = state.take(instruction.argument)
    if len(parts) not in (2, 3):
        raise Damaged("a slice of neither two nor three parts")
    state.stack.append(Slice(*(_part(p) for p in parts)))


def _old_slice(has_start: bool, has_stop: bool) -> Handler:
    def handle(frame: Frame, state: State, instruction: Instruction) -> None:
        value, *parts = state.take(1 + has_start + has_stop)
        start = _part(parts[0]) if has_start else None
        stop = _part(parts[-1]) if has_stop else None
        state.stack.append(Subscript(as_node(value), Slice(start, stop)))

    return handle


def attribute(frame: Frame, value: Any, name: str) -> Any:
    """An attribute of a module or a tensor, before it is known whether it is called."""
    if isinstance(value, Ref):
        return modules.member(value, name, frame.lifter.dialect)
    return Bound(value, name)


def _load_attribute(frame: Frame, state: State, instruction: Instruction) -> None:
    split = frame.lifter.modern >= (3, 12)
    name = element(frame.code.names, instruction.argument >> split, "name")
    found = attribute(frame, state.pop(), name)
    if split and instruction.argument & 1:
        state.stack += [found, NULL] if frame.lifter.modern >= (3, 13) else [NULL, found]
    else:
        state.stack.append(found)


def _load_method(frame: Frame, state: State, instruction: Instruction) -> None:
    name = element(frame.code.names, instruction.argument, "name")
    found = attribute(frame, state.pop(), name)
    state.stack += [NULL, found]


def _build_map(frame: Frame, state: State, instruction: Instruction) -> None:
    parts = state.take(0 if frame.lifter.modern < (3, 5) else 2 * instruction.argument)
    state.stack.append(Mapping(tuple(zip(map(_key, parts[::2]), parts[1::2], strict=True))))


def _build_const_map(frame: Frame, state: State, instruction: Instruction) -> None:
    keys = known_items(state.pop())
    values = state.take(instruction.argument)
    if keys is None or len(keys) != len(values):
        raise Damaged("a dict with other than as many keys as values")
    state.stack.append(Mapping(tuple(zip(map(_key, keys), values, strict=True))))


def _key(value: Any) -> str:
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    raise Unliftable("a dict whose keys are no texts")


def _merge_map(frame: Frame, state: State, instruction: Instruction) -> None:
    added = state.pop()
    target = state.peek(instruction.argument)
    if not isinstance(added, Mapping) or not isinstance(target, Mapping):
        raise Unliftable("a dict that is merged with what is none")
    state.stack[-instruction.argument] = Mapping((*target.pairs, *added.pairs))


def _list_to_tuple(frame: Frame, state: State, instruction: Instruction) -> None:
    items = known_items(state.pop())
    if items is None:
        raise Unliftable("a list of unknown length")
    state.stack.append(Items("tuple", tuple(as_node(v) for v in items)))


def _intrinsic(frame: Frame, state: State, instruction: Instruction) -> None:
    if instruction.argument == 5:
        state.stack.append(Unary("+", as_node(state.pop())))
    elif instruction.argument == 6:
        _list_to_tuple(frame, state, instruction)
    else:
        raise Unliftable(f"the instruction CALL_INTRINSIC_1 {instruction.argument}")


HANDLERS: dict[str, Handler] = {
    **{f"BINARY_{name}": _arithmetic(s, False) for name, s in _BINARY.items()},
    **{f"INPLACE_{name}": _arithmetic(s, True) for name, s in _BINARY.items()},
    **{f"UNARY_{name}": _unary(symbol) for name, symbol in _UNARY.items()},
    "BINARY_OP": _numbered,
    "COMPARE_OP": _compare,
    "IS_OP": _worded("is"),
    "CONTAINS_OP": _worded("in"),
    "BINARY_SUBSCR": _subscript,
    "BINARY_SLICE": _binary_slice,
    "BUILD_SLICE": _build_slice,
    "SLICE+0": _old_slice(False, False),
    "SLICE+1": _old_slice(True, False),
    "SLICE+2": _old_slice(False, True),
    "SLICE+3": _old_slice(True, True),
    "LOAD_ATTR": _load_attribute,
    "LOAD_METHOD": _load_method,
    "BUILD_MAP": _build_map,
    "BUILD_CONST_KEY_MAP": _build_const_map,
    "DICT_MERGE": _merge_map,
    "DICT_UPDATE": _merge_map,
    "LIST_TO_TUPLE": _list_to_tuple,
    "CALL_INTRINSIC_1": _intrinsic,
}

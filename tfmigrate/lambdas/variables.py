"""Instructions that load, store, move and iterate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import Damaged
from tfmigrate.expressions.nodes import Const
from tfmigrate.lambdas import modules, sequences
from tfmigrate.lambdas.instructions import Instruction, element, jump_target, variable
from tfmigrate.lambdas.marshal import Code
from tfmigrate.lambdas.values import (
    NULL,
    Cell,
    Function,
    Null,
    Ref,
    Unliftable,
    constant,
)

if TYPE_CHECKING:
    from tfmigrate.lambdas.lifter import Frame, State

Handler = Callable[["Frame", "State", Instruction], None]


def _load_const(frame: Frame, state: State, instruction: Instruction) -> None:
    value = element(frame.code.consts, instruction.argument, "constant")
    state.stack.append(value if isinstance(value, Code) else constant(value))


def _fetch(state: State, name: str) -> None:
    if name not in state.variables:
        raise Unliftable(f"the variable {name!r}, which has no value")
    state.stack.append(state.variables[name])


def _load_fast(frame: Frame, state: State, instruction: Instruction) -> None:
    _load_slot(frame, state, instruction.argument)


def _load_slot(frame: Frame, state: State, index: int) -> None:
    name = variable(frame.code, index, "fast")
    if frame.code.slots and name in (*frame.code.cells, *frame.code.free):
        state.stack.append(Cell(name))  # 3.13 loads cells for nested functions like this
    else:
        _fetch(state, name)


def _load_fast_pair(frame: Frame, state: State, instruction: Instruction) -> None:
    _load_slot(frame, state, instruction.argument >> 4)
    _load_slot(frame, state, instruction.argument & 15)


def _load_deref(frame: Frame, state: State, instruction: Instruction) -> None:
    _fetch(state, variable(frame.code, instruction.argument, "deref"))


def _load_closure(frame: Frame, state: State, instruction: Instruction) -> None:
    state.stack.append(Cell(variable(frame.code, instruction.argument, "deref")))


def _load_and_clear(frame: Frame, state: State, instruction: Instruction) -> None:
    name = variable(frame.code, instruction.argument, "fast")
    state.stack.append(state.variables.pop(name, NULL))


def _store(frame: Frame, state: State, name: str) -> None:
    value = state.pop()
    if isinstance(value, Null):
        state.variables.pop(name, None)
    else:
        state.variables[name] = frame.lifter.bound(value, name)


def _store_fast(frame: Frame, state: State, instruction: Instruction) -> None:
    _store(frame, state, variable(frame.code, instruction.argument, "fast"))


def _store_deref(frame: Frame, state: State, instruction: Instruction) -> None:
    _store(frame, state, variable(frame.code, instruction.argument, "deref"))


def _store_load(frame: Frame, state: State, instruction: Instruction) -> None:
    _store(frame, state, variable(frame.code, instruction.argument >> 4, "fast"))
    _load_slot(frame, state, instruction.argument & 15)


def _store_store(frame: Frame, state: State, instruction: Instruction) -> None:
    _store(frame, state, variable(frame.code, instruction.argument >> 4, "fast"))
    _store(frame, state, variable(frame.code, instruction.argument & 15, "fast"))


def _delete_fast(frame: Frame, state: State, instruction: Instruction) -> None:
    state.variables.pop(variable(frame.code, instruction.argument, "fast"), None)


def _load_global(frame: Frame, state: State, instruction: Instruction) -> None:
    modern = frame.lifter.modern
    name = element(frame.code.names, instruction.argument >> (modern >= (3, 11)), "name")
    if modern < (3,) and name in ("True", "False"):
        state.stack.append(Const(name == "True"))
        return
    found = modules.global_name(name, frame.lifter.dialect)
    null = [NULL] if modern >= (3, 11) and instruction.argument & 1 else []
    state.stack += [found, *null] if modern >= (3, 13) else [*null, found]


def _import_name(frame: Frame, state: State, instruction: Instruction) -> None:
    _, wanted = state.take(2)
    name = element(frame.code.names, instruction.argument, "name")
    whole = isinstance(wanted, Const) and wanted.value is None
    found = modules.imported(name, whole)
    state.stack.append(Ref(modules.settled(found.path, frame.lifter.dialect)))


def _import_from(frame: Frame, state: State, instruction: Instruction) -> None:
    name = element(frame.code.names, instruction.argument, "name")
    module = state.peek(1)
    if not isinstance(module, Ref):
        raise Unliftable("an import from what is no module")
    state.stack.append(modules.member(module, name, frame.lifter.dialect))


def _rotate(count: int) -> Handler:
    def rotate(frame: Frame, state: State, instruction: Instruction) -> None:
        values = state.take(count)
        state.stack += [values[-1], *values[:-1]]

    return rotate


def _swap(frame: Frame, state: State, instruction: Instruction) -> None:
    state.peek(instruction.argument)
    i = -instruction.argument
    state.stack[-1], state.stack[i] = state.stack[i], state.stack[-1]


def _copy(count: int | None) -> Handler:
    def copy(frame: Frame, state: State, instruction: Instruction) -> None:
        depth = instruction.argument if count is None else count
        value = frame.lifter.bound(state.peek(depth), "value")
        state.stack[-depth] = value
        state.stack.append(value)

    return copy


def _duplicate_two(frame: Frame, state: State, instruction: Instruction) -> None:
    pair = [frame.lifter.bound(v, "value") for v in state.take(2)]
    state.stack += pair + pair


def _jump(frame: Frame, state: State, instruction: Instruction) -> None:
    target = jump_target(instruction, frame.lifter.version)
    if target is None:
        raise Damaged("a jump to nowhere")
    state.place = target


def _nothing(frame: Frame, state: State, instruction: Instruction) -> None:
    return


def _make_function(frame: Frame, state: State, instruction: Instruction) -> None:
    modern, flags = frame.lifter.modern, instruction.argument
    if (3, 3) <= modern < (3, 11):
        state.pop()  # its qualified name
    code = state.pop()
    if modern >= (3, 13):
        flags = 0
    if modern < (3, 6):
        defaults, closure = flags, instruction.name == "MAKE_CLOSURE"
    else:
        defaults, closure = flags & 7, bool(flags & 8)
    if closure:
        state.pop()
    if defaults or not isinstance(code, Code):
        raise Unliftable("a nested function with defaults or annotations")
    state.stack.append(Function(code, frame))


def _function_attribute(frame: Frame, state: State, instruction: Instruction) -> None:
    function = state.pop()
    state.pop()
    if instruction.argument != 8:
        raise Unliftable("a nested function with defaults or annotations")
    state.stack.append(function)


def _pop(frame: Frame, state: State, instruction: Instruction) -> None:
    state.pop()


HANDLERS: dict[str, Any] = {
    **sequences.HANDLERS,
    "LOAD_CONST": _load_const,
    "LOAD_FAST": _load_fast,
    "LOAD_FAST_CHECK": _load_fast,
    "LOAD_FAST_LOAD_FAST": _load_fast_pair,
    "LOAD_FAST_AND_CLEAR": _load_and_clear,
    "LOAD_DEREF": _load_deref,
    "LOAD_CLOSURE": _load_closure,
    "LOAD_GLOBAL": _load_global,
    "STORE_FAST": _store_fast,
    "STORE_FAST_LOAD_FAST": _store_load,
    "STORE_FAST_STORE_FAST": _store_store,
    "STORE_DEREF": _store_deref,
    "DELETE_FAST": _delete_fast,
    "IMPORT_NAME": _import_name,
    "IMPORT_FROM": _import_from,
    "POP_TOP": _pop,
    "ROT_TWO": _rotate(2),
    "ROT_THREE": _rotate(3),
    "ROT_FOUR": _rotate(4),
    "SWAP": _swap,
    "COPY": _copy(None),
    "DUP_TOP": _copy(1),
    "DUP_TOP_TWO": _duplicate_two,
    "MAKE_FUNCTION": _make_function,
    "MAKE_CLOSURE": _make_function,
    "SET_FUNCTION_ATTRIBUTE": _function_attribute,
    **dict.fromkeys(
        ("JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"), _jump
    ),
    **dict.fromkeys(
        ("NOP", "RESUME", "PRECALL", "TO_BOOL", "SETUP_LOOP", "POP_BLOCK", "MAKE_CELL",
         "COPY_FREE_VARS"),
        _nothing,
    ),
}  # fmt: skip

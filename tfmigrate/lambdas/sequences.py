"""Instructions that build, unpack and walk tuples and lists of known length."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tfmigrate.errors import Damaged
from tfmigrate.expressions.nodes import Const, Items, Subscript
from tfmigrate.lambdas.instructions import Instruction, jump_target
from tfmigrate.lambdas.values import (
    NULL,
    Cell,
    Growing,
    Running,
    Unliftable,
    as_node,
    known_items,
)

if TYPE_CHECKING:
    from tfmigrate.lambdas.lifter import Frame, State

Handler = Callable[["Frame", "State", Instruction], None]


def _unpack(frame: Frame, state: State, instruction: Instruction) -> None:
    value, count = state.pop(), instruction.argument
    items = known_items(value)
    if items is None:
        whole = frame.lifter.bound(as_node(value), "value")
        items = tuple(Subscript(whole, Const(i)) for i in range(count))
    if len(items) != count:
        raise Unliftable(f"{len(items)} values where {count} are unpacked")
    state.stack += [frame.lifter.bound(item, "value") for item in reversed(items)]


def _get_iter(frame: Frame, state: State, instruction: Instruction) -> None:
    value = state.pop()
    items = known_items(value)
    if items is None:
        raise Unliftable("a loop over something whose length is not known from the code")
    bound = tuple(frame.lifter.bound(item, "item") for item in items)
    state.stack.append(value if isinstance(value, Running) else Running(bound))


def _for_iter(frame: Frame, state: State, instruction: Instruction) -> None:
    running = state.pop()
    if not isinstance(running, Running):
        raise Damaged("a loop over what is no iterator")
    if running.position < len(running.values):
        following = Running(running.values, running.position + 1)
        state.stack += [following, running.values[running.position]]
        return
    target = jump_target(instruction, frame.lifter.version)
    if target is None:
        raise Damaged("a loop without an end")
    if frame.lifter.modern >= (3, 12):
        state.stack += [running, NULL]  # taken off by END_FOR
    state.place = target


def _end_for(frame: Frame, state: State, instruction: Instruction) -> None:
    state.take(2 if frame.lifter.modern < (3, 13) else 1)


def _append(frame: Frame, state: State, instruction: Instruction) -> None:
    value = state.pop()
    target = state.peek(instruction.argument)
    if not isinstance(target, Growing):
        raise Unliftable("an append to what is no list")
    target.items.append(frame.lifter.bound(value, "item"))


def _extend(frame: Frame, state: State, instruction: Instruction) -> None:
    items = known_items(state.pop())
    target = state.peek(instruction.argument)
    if not isinstance(target, Growing) or items is None:
        raise Unliftable("a list that is extended by something of unknown length")
    target.items.extend(items)


def _build_tuple(frame: Frame, state: State, instruction: Instruction) -> None:
    values = state.take(instruction.argument)
    if values and all(isinstance(v, Cell) for v in values):
        state.stack.append(tuple(values))
    else:
        state.stack.append(Items("tuple", tuple(as_node(v) for v in values)))


def _list(frame: Frame, state: State, instruction: Instruction) -> None:
    state.stack.append(Growing(state.take(instruction.argument)))


HANDLERS: dict[str, Handler] = {
    "UNPACK_SEQUENCE": _unpack,
    "GET_ITER": _get_iter,
    "FOR_ITER": _for_iter,
    "END_FOR": _end_for,
    "LIST_APPEND": _append,
    "LIST_EXTEND": _extend,
    "BUILD_TUPLE": _build_tuple,
    "BUILD_LIST": _list,
}

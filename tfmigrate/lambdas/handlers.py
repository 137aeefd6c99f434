"""What each instruction does to the symbolic stack, by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfmigrate.expressions.nodes import Binary, Const
from tfmigrate.lambdas import calls, operators, variables
from tfmigrate.lambdas.instructions import Instruction, element
from tfmigrate.lambdas.lifter import Frame, State
from tfmigrate.lambdas.values import as_node, constant

Handler = Callable[[Frame, State, Instruction], None]
# The value a jump depends on, whether it jumps if that is true, and whether it keeps it then.
Condition = Callable[[Frame, State], tuple[Any, bool, bool]]

HANDLERS: dict[str, Handler] = {**variables.HANDLERS, **operators.HANDLERS, **calls.HANDLERS}


def returned(frame: Frame, state: State, instruction: Instruction) -> Any:
    """What a function gives back."""
    if instruction.name == "RETURN_CONST":
        return constant(element(frame.code.consts, instruction.argument, "constant"))
    return state.pop()


def _popping(jumps_if: bool) -> Condition:
    return lambda frame, state: (state.pop(), jumps_if, False)


def _keeping(jumps_if: bool) -> Condition:
    def decide(frame: Frame, state: State) -> tuple[Any, bool, bool]:
        value = frame.lifter.bound(state.pop(), "value")
        state.stack.append(value)
        return value, jumps_if, True

    return decide


def _none(jumps_if: bool) -> Condition:
    def decide(frame: Frame, state: State) -> tuple[Any, bool, bool]:
        value = state.pop()
        if isinstance(value, Const):
            return Const(value.value is None), jumps_if, False
        return Binary("is", as_node(value), Const(None)), jumps_if, False

    return decide


CONDITIONS: dict[str, Condition] = {
    "JUMP_IF_FALSE_OR_POP": _keeping(False),
    "JUMP_IF_TRUE_OR_POP": _keeping(True),
}
for _way in ("", "_FORWARD", "_BACKWARD"):
    CONDITIONS |= {
        f"POP_JUMP{_way}_IF_FALSE": _popping(False),
        f"POP_JUMP{_way}_IF_TRUE": _popping(True),
        f"POP_JUMP{_way}_IF_NONE": _none(True),
        f"POP_JUMP{_way}_IF_NOT_NONE": _none(False),
    }

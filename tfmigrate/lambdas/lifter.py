"""Bytecode to an expression: a stack machine that computes with spellings instead of values."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.errors import Damaged
from tfmigrate.expressions import Dialect, ops
from tfmigrate.expressions.nodes import Expression, If, Items, Name, Node
from tfmigrate.lambdas.instructions import Instruction, decode, jump_target, number
from tfmigrate.lambdas.marshal import Code
from tfmigrate.lambdas.values import (
    Growing,
    Unliftable,
    as_node,
    is_cheap,
    truth,
)

STEPS_LIMIT = 20_000
FORKS_LIMIT = 64
CALLS_LIMIT = 8

_GENERATOR_FLAGS = 0x20 | 0x80 | 0x100 | 0x200
_VARIABLE_ARGUMENTS = 0x04


@dataclass
class State:
    """Where a path through a function is.

    Attributes:
        place: The offset of the next instruction.
        stack: The symbolic stack.
        variables: Local, cell and free variables by name.
        keywords: Names of the keyword arguments of the next call (3.11, 3.12).
    """

    place: int
    stack: list[Any] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()

    def pop(self) -> Any:
        """The top of the stack, taken off."""
        if not self.stack:
            raise Damaged("the bytecode takes more from the stack than is there")
        return self.stack.pop()

    def take(self, count: int) -> list[Any]:
        """The topmost ``count`` values in the order they were pushed, taken off."""
        if count > len(self.stack):
            raise Damaged("the bytecode takes more from the stack than is there")
        taken = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return taken

    def peek(self, depth: int) -> Any:
        """The value ``depth`` below the top, 1 for the top itself."""
        if not 1 <= depth <= len(self.stack):
            raise Damaged("the bytecode looks below the bottom of the stack")
        return self.stack[-depth]

    def fork(self, place: int) -> State:
        """A copy of it elsewhere; lists that may grow are copied, each once."""
        copies: dict[int, Growing] = {}

        def copied(value: Any) -> Any:
            if not isinstance(value, Growing):
                return value
            if id(value) not in copies:
                copies[id(value)] = Growing()
                copies[id(value)].items = [copied(v) for v in value.items]
            return copies[id(value)]

        stack = [copied(v) for v in self.stack]
        return State(place, stack, {k: copied(v) for k, v in self.variables.items()})


class Lifter:
    """One reading of one function: its Python, its dialect, and what was bound on the way."""

    def __init__(self, version: str, dialect: Dialect) -> None:
        self.version, self.dialect = version, dialect
        self.modern = number(version)
        self.bindings: list[tuple[str, Node]] = []
        self.used: set[str] = set()
        self.steps = self.forks = 0

    def expression(self, code: Code, given: dict[str, Any]) -> Expression:
        """The expression of a function, its parameters and free variables given by name.

        Raises:
            Unliftable: It is more than an expression.
            Damaged: The bytes are no code of this version of Python.
        """
        self.used |= {v.name for v in given.values() if isinstance(v, Name)}
        result = as_node(Frame(self, code, 0).run(given))
        return _pruned(result, self.bindings)

    def unique(self, name: str) -> str:
        """A name for a binding, that of the variable where it is free."""
        base = "".join(c if c.isalnum() and c.isascii() else "_" for c in name) or "value"
        base = f"v{base}" if base[0].isdigit() else base
        found, count = base, 1
        while (
            found in self.used or found in ops.MODULES or ops.known(found)
            or keyword.iskeyword(found)
        ):  # fmt: skip
            count += 1
            found = f"{base}_{count}"
        self.used.add(found)
        return found

    def bound(self, value: Any, name: str) -> Any:
        """A value that may be used more than once: under a name, where it is not cheap."""
        if isinstance(value, Growing):
            value.items = [self.bound(item, name) for item in value.items]
            return value
        if isinstance(value, Items):
            return Items(value.kind, tuple(self.bound(item, name) for item in value.items))
        if is_cheap(value):
            return value
        chosen = self.unique(name)
        self.bindings.append((chosen, as_node(value)))
        return Name(chosen)


class Frame:
    """A function that is being lifted; nested ones are lifted into their caller."""

    def __init__(self, lifter: Lifter, code: Code, depth: int) -> None:
        if depth > CALLS_LIMIT:
            raise Unliftable("functions nested too deeply")
        if code.flags & _GENERATOR_FLAGS:
            raise Unliftable("a generator or coroutine")
        if code.flags & _VARIABLE_ARGUMENTS:
            raise Unliftable("a function with *args")
        self.lifter, self.code, self.depth = lifter, code, depth
        self.instructions = decode(code, lifter.version)
        self.current = State(0)

    def run(self, variables: dict[str, Any]) -> Any:
        """What the function returns for variables by name."""
        return self._run(State(0, [], dict(variables)))

    def _run(self, state: State) -> Any:
        from tfmigrate.lambdas import handlers

        while True:
            instruction = self.instructions.get(state.place)
            self.lifter.steps += 1
            if instruction is None or len(state.stack) > self.code.stacksize + 1:
                raise Damaged(f"this is no bytecode of Python {self.lifter.version}")
            if self.lifter.steps > STEPS_LIMIT:
                raise Unliftable("a loop or function that is too long")
            name = instruction.name
            if name in ("RETURN_VALUE", "RETURN_CONST"):
                return handlers.returned(self, state, instruction)
            if name in handlers.CONDITIONS:
                known = self._decide(state, instruction)
                if known is not None:
                    return known
                continue
            handler = handlers.HANDLERS.get(name)
            if handler is None:
                raise Unliftable(f"the instruction {name}")
            state.place = instruction.after
            self.current = state
            handler(self, state, instruction)

    def _decide(self, state: State, instruction: Instruction) -> Node | None:
        """Follows a conditional jump; the result, where both ways had to be lifted to their end."""
        from tfmigrate.lambdas import handlers

        value, jumps_if, keeps = handlers.CONDITIONS[instruction.name](self, state)
        target = jump_target(instruction, self.lifter.version)
        if target is None:
            raise Damaged("a conditional jump to nowhere")
        known = truth(value)
        if known is not None:
            _go(state, instruction, target if known is jumps_if else instruction.after, keeps)
            return None
        self.lifter.forks += 1
        if self.lifter.forks > FORKS_LIMIT:
            raise Unliftable("too many conditions")
        jumped, passed = state.fork(target), state.fork(instruction.after)
        _go(passed, instruction, instruction.after, keeps)
        ways = as_node(self._run(jumped)), as_node(self._run(passed))
        return If(as_node(value), *(ways if jumps_if else ways[::-1]))


def _go(state: State, instruction: Instruction, place: int, keeps: bool) -> None:
    # JUMP_IF_..._OR_POP leaves its value for the one who jumps.
    if keeps and place == instruction.after:
        state.pop()
    state.place = place


def _pruned(result: Node, bindings: list[tuple[str, Node]]) -> Expression:
    """The expression without bindings that nothing uses."""
    kept: list[tuple[str, Node]] = []
    wanted = set(Expression(result).names)
    for name, node in reversed(bindings):
        if name in wanted:
            wanted |= set(Expression(node).names)
            kept.append((name, node))
    expression = Expression(result, tuple(reversed(kept)))
    if sum(1 for _ in expression.walk()) > STEPS_LIMIT:
        raise Unliftable("an expression of too many parts")
    return expression

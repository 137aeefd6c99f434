"""Bytecode to instructions, by the opcode table of a version, and their text."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, shown
from tfmigrate.lambdas.marshal import Code

# The versions whose tables are here, by the layout of their code objects; 3.5 stands for 3.3 to
# 3.5, whose table was written down from its documentation and never tried on real files.
VERSIONS = {
    "2": ("2.7",),
    "3.0": ("3.5", "3.6", "3.7"),
    "3.8": ("3.8", "3.9", "3.10"),
    "3.11": ("3.11", "3.12", "3.13"),
}
UNVERIFIED = ("3.5",)
_COMPARISONS = ("<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its place in the bytecode, name, argument, and the place after it."""

    offset: int
    name: str
    argument: int
    after: int


@functools.cache
def table(version: str) -> tuple[dict[int, str], dict[str, int]]:
    """The opcodes of a version, and how many inline caches follow which of them."""
    data = json.loads((Path(__file__).parent / "opcodes.json").read_text())[version]
    return {int(k): v for k, v in data["opcodes"].items()}, data["caches"]


def number(version: str) -> tuple[int, int]:
    """A version as numbers."""
    major, minor = version.split(".")
    return int(major), int(minor)


def decode(code: Code, version: str) -> dict[int, Instruction]:
    """The instructions of a code object by their offset.

    Raises:
        Damaged: The bytes are no bytecode of that version.
    """
    found = {i.offset: i for i in _decoded(code.code, version)}
    for instruction in found.values():
        target = jump_target(instruction, version)
        if target is not None and target not in found:
            raise Damaged(f"a jump to {target}, where no instruction of Python {version} begins")
    return found


def _decoded(code: bytes, version: str) -> Iterator[Instruction]:
    opcodes, caches = table(version)
    wordcode = number(version) >= (3, 6)
    place = start = extended = 0
    while place < len(code):
        opcode = code[place]
        name = opcodes.get(opcode)
        if name is None or name == "CACHE":
            hint = "; Keras on Windows replaced every byte 0x5c by 0x2f" if opcode == 47 else ""
            raise Damaged(f"opcode {opcode} at {place} is none of Python {version}{hint}")
        size = 2 if wordcode else 3 if opcode >= 90 else 1
        raw = code[place + 1 : place + size]
        if len(raw) != size - 1:
            raise Damaged(f"the bytecode ends inside an instruction of Python {version}")
        value = int.from_bytes(raw, "little")
        place += size
        if name == "EXTENDED_ARG":
            extended = (extended | value) << (8 if wordcode else 16)
            if extended >= 1 << 32:
                raise Damaged("an argument of more than 32 bits")
            continue
        skipped = code[place : place + 2 * caches.get(name, 0)]
        if any(skipped) or len(skipped) != 2 * caches.get(name, 0):
            raise Damaged(f"the inline caches of {name} are not those of Python {version}")
        place += len(skipped)
        yield Instruction(start, name, extended | value, place)
        start, extended = place, 0
    if start != place or not code:
        raise Damaged("the bytecode ends inside an instruction")


def jump_target(instruction: Instruction, version: str) -> int | None:
    """The offset that an instruction may jump to, None for one that never jumps."""
    name, argument = instruction.name, instruction.argument
    unit = 2 if number(version) >= (3, 10) else 1
    if "JUMP" not in name and name not in ("FOR_ITER", "SEND", "SETUP_LOOP", "SETUP_FINALLY"):
        return None
    if name.startswith("JUMP_IF_NOT_EXC") and number(version) >= (3, 11):
        return None
    if number(version) >= (3, 11):
        backward = "BACKWARD" in name
        return instruction.after + (-argument if backward else argument) * unit
    relative = name in ("FOR_ITER", "JUMP_FORWARD", "SETUP_LOOP", "SETUP_FINALLY", "SEND")
    return (instruction.after if relative else 0) + argument * unit


def comparison(argument: int, version: str) -> str:
    """The operator of a COMPARE_OP.

    Raises:
        Damaged: There is none of that number.
    """
    shift = 5 if number(version) >= (3, 13) else 4 if number(version) >= (3, 12) else 0
    limit = 10 if number(version) < (3, 9) else 6
    if argument >> shift >= limit:
        raise Damaged(f"comparison {argument} is none of Python {version}")
    return _COMPARISONS[argument >> shift]


def variable(code: Code, index: int, what: str) -> str:
    """The name of a local variable (``fast``), or of a cell or free one (``deref``).

    Raises:
        Damaged: There is none of that number.
    """
    names = code.slots or (code.locals if what == "fast" else (*code.cells, *code.free))
    return str(element(names, index, "variable"))


def element(values: tuple[Any, ...], index: int, what: str) -> Any:
    """One of the constants or names of a code object.

    Raises:
        Damaged: There is none of that number.
    """
    if index >= len(values):
        raise Damaged(f"{what} {index} is none of the code object's")
    return values[index]


def disassembly(code: Code, version: str) -> str:
    """The instructions as text, nested functions after the one they belong to."""
    return "\n".join(_lines(code, version, 0))


def _lines(code: Code, version: str, depth: int) -> Iterator[str]:
    yield f"{shown(code.name, 40)}({', '.join(shown(n, 40) for n in code.locals[: code.argcount])})"
    try:
        for instruction in _decoded(code.code, version):
            said = _argument(code, instruction, version)
            yield f"  {instruction.offset:4} {instruction.name:24} {said}".rstrip()
    except Damaged as problem:
        yield f"  {problem.what}"
    for constant in code.consts:
        if isinstance(constant, Code) and depth < 4:
            yield from _lines(constant, version, depth + 1)


def _said(value: Any) -> str:
    # Elements of elements are left out: a few references can spell a value of any size.
    if isinstance(value, Code):
        return "code"
    if isinstance(value, tuple | list):
        parts = (
            shown(repr(v), 40) if isinstance(v, str | int | float | None) else "..."
            for v in value[:8]
        )
        return f"({', '.join(parts)}{', ...' if len(value) > 8 else ''})"
    return shown(repr(value) if isinstance(value, str | float | None) else str(value), 60)


def _argument(code: Code, instruction: Instruction, version: str) -> str:
    name, argument = instruction.name, instruction.argument
    modern = number(version)
    try:
        if name.endswith("_CONST"):
            value = element(code.consts, argument, "constant")
            return _said(value)
        if name in ("LOAD_FAST", "STORE_FAST"):
            return shown(variable(code, argument, "fast"), 60)
        if name.endswith("_DEREF") or name == "LOAD_CLOSURE":
            return shown(variable(code, argument, "deref"), 60)
        if name == "COMPARE_OP":
            return comparison(argument, version)
        if name.endswith(("T_NAME", "_GLOBAL", "_ATTR", "LOAD_METHOD", "IMPORT_FROM")):
            half = (name == "LOAD_GLOBAL" and modern >= (3, 11)) or (
                name == "LOAD_ATTR" and modern >= (3, 12)
            )
            return shown(element(code.names, argument >> half, "name"), 60)
    except Damaged as problem:
        return problem.what
    return str(argument) if argument else ""

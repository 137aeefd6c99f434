"""A reader of marshalled code objects of Python 2.7 and 3.3 to 3.13: it builds data, runs nothing.

The format is a type byte, whose highest bit says that the object may be referred to later, and what
that type needs. Sources: the documented behaviour of each version's ``marshal``, and bytes that
each of the interpreters 2.7 and 3.6 to 3.13 wrote. 3.3 to 3.5 are read by the same rules and were
not tried.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged

BYTES_LIMIT = 4 << 20
DEPTH_LIMIT = 64
OBJECTS_LIMIT = 200_000
LONG_LIMIT = 512  # digits of 15 bits

# What the counts of a code object are, then its objects, then its line number and what follows it.
LAYOUTS: dict[str, tuple[str, str, str]] = {
    "2": (
        "argcount nlocals stacksize flags",
        "code consts names varnames freevars cellvars filename name", "lines",
    ),
    "3.0": (
        "argcount kwonly nlocals stacksize flags",
        "code consts names varnames freevars cellvars filename name", "lines",
    ),
    "3.8": (
        "argcount posonly kwonly nlocals stacksize flags",
        "code consts names varnames freevars cellvars filename name", "lines",
    ),
    "3.11": (
        "argcount posonly kwonly stacksize flags",
        "code consts names localnames localkinds filename name qualname", "lines exceptions",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Code:
    """A code object as it was stored.

    Attributes:
        layout: The key of :data:`LAYOUTS` it was read by.
        argcount, kwonly, stacksize, flags: Its counts and flags.
        code: Its bytecode.
        consts: Its constants; a nested function is a :class:`Code`.
        names: The names of globals and attributes.
        locals: The names of its local variables, arguments first.
        cells: The names of variables that inner functions use.
        free: The names of variables of outer functions.
        name: Its name, ``<lambda>`` for a lambda.
        lines: Its table of line numbers, as bytes.
        slots: Since 3.11: the names by their common index of locals, cells and free variables.
    """

    layout: str
    argcount: int
    kwonly: int
    stacksize: int
    flags: int
    code: bytes
    consts: tuple[Any, ...]
    names: tuple[str, ...]
    locals: tuple[str, ...]
    cells: tuple[str, ...]
    free: tuple[str, ...]
    name: str
    lines: bytes
    slots: tuple[str, ...] = ()


class Opaque:
    """A constant that no expression has: a complex number, a set, bytes, a huge integer."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __repr__(self) -> str:
        return self.what


def load(data: bytes, layout: str) -> Code:
    """The code object that bytes hold.

    Args:
        data: The whole marshalled object.
        layout: A key of :data:`LAYOUTS`.

    Raises:
        Damaged: The bytes hold no code object of that layout, or more than one.
    """
    if len(data) > BYTES_LIMIT:
        raise Damaged("the code of a Lambda is larger than 4 MB")
    reader = _Reader(data, layout)
    try:
        found = reader.object(0)
    except (struct.error, UnicodeDecodeError, ValueError, IndexError, OverflowError) as problem:
        raise Damaged(f"the marshalled code cannot be read: {problem}") from problem
    if not isinstance(found, Code):
        raise Damaged("the marshalled object is no code")
    if reader.place != len(data):
        raise Damaged("bytes are left over after the marshalled code")
    return found


class _Reader:
    def __init__(self, data: bytes, layout: str) -> None:
        self.data, self.layout = data, layout
        self.place = 0
        self.count = 0
        self.references: list[Any] = []
        self.interned: list[Any] = []

    def take(self, size: int) -> bytes:
        if size < 0 or size > len(self.data) - self.place:
            raise Damaged("the marshalled code ends too early")
        self.place += size
        return self.data[self.place - size : self.place]

    def number(self, form: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def object(self, depth: int) -> Any:
        self.count += 1
        if depth > DEPTH_LIMIT or self.count > OBJECTS_LIMIT:
            raise Damaged("the marshalled code is nested too deeply or too large")
        kind = self.take(1)[0]
        read = _KINDS.get(chr(kind & 0x7F))
        if read is None or (kind & 0x80 and self.layout == "2"):
            raise Damaged(f"unknown marshal type 0x{kind:02x}")
        if not kind & 0x80:
            return read(self, depth + 1)
        # An object's number is that of its beginning: what is inside it comes later.
        self.references.append(None)
        index = len(self.references) - 1
        self.references[index] = found = read(self, depth + 1)
        return found

    def text(self, size: int, encoding: str) -> str:
        return self.take(size).decode(
            encoding, "surrogatepass" if encoding == "utf-8" else "strict"
        )

    def sequence(self, size: int, depth: int) -> tuple[Any, ...]:
        if size < 0 or size > len(self.data) - self.place:
            raise Damaged("the marshalled code ends too early")
        return tuple(self.object(depth) for _ in range(size))

    def bytes(self, depth: int) -> Any:
        found = self.take(self.number("<i"))
        return found.decode("latin-1") if self.layout == "2" else found

    def intern(self, depth: int) -> str:
        found = self.take(self.number("<i"))
        text = found.decode("latin-1" if self.layout == "2" else "utf-8")
        if self.layout == "2":
            self.interned.append(text)
        return text

    def reference(self, depth: int) -> Any:
        index = self.number("<i")
        if not 0 <= index < len(self.references):
            raise Damaged("the marshalled code refers to what is not there")
        return self.references[index]

    def interned_reference(self, depth: int) -> Any:
        index = self.number("<i")
        if self.layout != "2" or not 0 <= index < len(self.interned):
            raise Damaged("the marshalled code refers to what is not there")
        return self.interned[index]

    def long(self, depth: int) -> Any:
        digits = self.number("<i")
        if abs(digits) > LONG_LIMIT:
            raise Damaged("the marshalled code holds a huge integer")
        value = 0
        for i in range(abs(digits)):
            value |= self.number("<H") << 15 * i
        return -value if digits < 0 else value

    def dictionary(self, depth: int) -> Any:
        while self.data[self.place : self.place + 1] != b"0":
            self.object(depth)
            self.object(depth)
        self.take(1)
        return Opaque("a dict")

    def code(self, depth: int) -> Code:
        counts, objects, tail = (part.split() for part in LAYOUTS[self.layout])
        found: dict[str, Any] = {key: self.number("<i") for key in counts}
        found |= {key: self.object(depth) for key in objects}
        self.number("<i")  # the first line
        found |= {key: self.object(depth) for key in tail}
        return _code(found, self.layout)


def _code(found: dict[str, Any], layout: str) -> Code:
    lists = [k for k in ("names", "varnames", "freevars", "cellvars", "localnames") if k in found]
    for key in lists:
        if not isinstance(found[key], tuple) or not all(isinstance(v, str) for v in found[key]):
            raise Damaged(f"the {key} of a code object are no names")
    code, lines = (_bytes(found[key], layout) for key in ("code", "lines"))
    whole = isinstance(found["consts"], tuple) and isinstance(found["name"], str)
    if not isinstance(code, bytes) or not isinstance(lines, bytes) or not whole:
        raise Damaged("a code object is not of the parts that one has")
    counts = ("argcount", "posonly", "kwonly", "nlocals", "stacksize")
    if not all(0 <= found.get(k, 0) <= 10_000 for k in counts):
        raise Damaged("a code object has impossible counts")
    names = _variables(found)
    return Code(
        layout, found["argcount"], found.get("kwonly", 0), found["stacksize"], found["flags"],
        code, found["consts"], found["names"], names[0], names[1], names[2], found["name"],
        lines, found.get("localnames", ()),
    )  # fmt: skip


def _bytes(value: Any, layout: str) -> Any:
    # Python 2 has one kind of string, and it was read as text.
    return value.encode("latin-1") if layout == "2" and isinstance(value, str) else value


# Since 3.11 one list has all variables, and a byte for each says which kind it is.
_LOCAL, _CELL, _FREE = 0x20, 0x40, 0x80


def _variables(found: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    if "localnames" not in found:
        return found["varnames"], found["cellvars"], found["freevars"]
    kinds, names = found["localkinds"], found["localnames"]
    if not isinstance(kinds, bytes) or len(kinds) != len(names):
        raise Damaged("the variables of a code object have no kinds")
    pairs = tuple(zip(names, kinds, strict=True))
    first, second, third = (
        tuple(n for n, kind in pairs if kind & bit) for bit in (_LOCAL, _CELL, _FREE)
    )
    return first, second, third


def _constant(value: Any) -> Callable[[_Reader, int], Any]:
    return lambda reader, depth: value


def _binary_float(reader: _Reader, depth: int) -> float:
    return float(struct.unpack("<d", reader.take(8))[0])


def _text_float(reader: _Reader, depth: int) -> float:
    return float(reader.take(reader.take(1)[0]))


def _text_complex(reader: _Reader, depth: int) -> Any:
    reader.take(reader.take(1)[0])
    reader.take(reader.take(1)[0])
    return Opaque("a complex number")


def _set(reader: _Reader, depth: int) -> Any:
    reader.sequence(reader.number("<i"), depth)
    return Opaque("a set")


_KINDS: dict[str, Callable[[_Reader, int], Any]] = {
    "N": _constant(None),
    "T": _constant(True),
    "F": _constant(False),
    ".": _constant(...),
    "S": _constant(Opaque("StopIteration")),
    "i": lambda r, d: r.number("<i"),
    "I": lambda r, d: r.number("<q"),
    "l": _Reader.long,
    "f": _text_float,
    "g": _binary_float,
    "x": _text_complex,
    "y": lambda r, d: r.take(16) and Opaque("a complex number"),
    "s": _Reader.bytes,
    "t": _Reader.intern,
    "u": lambda r, d: r.text(r.number("<i"), "utf-8"),
    "a": lambda r, d: r.text(r.number("<i"), "latin-1"),
    "A": lambda r, d: r.text(r.number("<i"), "latin-1"),
    "z": lambda r, d: r.text(r.take(1)[0], "latin-1"),
    "Z": lambda r, d: r.text(r.take(1)[0], "latin-1"),
    "(": lambda r, d: r.sequence(r.number("<i"), d),
    ")": lambda r, d: r.sequence(r.take(1)[0], d),
    "[": lambda r, d: r.sequence(r.number("<i"), d),
    "{": _Reader.dictionary,
    "<": _set,
    ">": _set,
    "c": _Reader.code,
    "r": _Reader.reference,
    "R": _Reader.interned_reference,
}

"""The names that entries of an architecture see, and what they stand for once it is expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.errors import nearest, shown
from tfmigrate.recipe.reporter import Path, Reporter

_NUMBERED = re.compile(r"(.+)\.([0-9]{1,4})")


@dataclass
class Scope:
    """The entries of one list: the architecture's, a block's, or a group's.

    Attributes:
        prefix: What stands before their names: ``block1/unit_2/``.
        values: Parameters that hold here only.
        outer: The scope whose names are seen as well; None for the architecture and for blocks.
        shares: The prefix of the entries whose layers are applied once more, None for new ones.
        previous: The result of the entry before, "" where there is none.
        names: What each name stands for.
        made: The layer or block that each name has made.
        absent: Names of entries that their ``when`` leaves out.
        later: Names of the entries, for messages.
        depth: How many blocks and groups are around it.
    """

    prefix: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    outer: Scope | None = None
    shares: str | None = None
    previous: str = ""
    names: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    later: frozenset[str] = frozenset()
    depth: int = 0

    def find(self, word: str) -> str | None:
        """What a reference stands for; ``lstm.1`` is the second output of ``lstm``."""
        if word in self.names:
            return self.names[word]
        numbered = _NUMBERED.fullmatch(word)
        if numbered and numbered[1] in self.names:
            return f"{self.names[numbered[1]]}.{numbered[2]}"
        return self.outer.find(word) if self.outer else None

    def maker(self, word: str) -> str | None:
        """The layer or block that a name has made, by its full name."""
        found = self.made.get(word)
        return self.outer.maker(word) if found is None and self.outer else found

    def variable(self, word: str) -> str | None:
        """The full name of ``ENTRY/VARIABLE``, or of a variable that is an entry by itself."""
        head, rest = word, ""
        while head:
            found = self.maker(head)
            if found is not None:
                return f"{found}/{rest}" if rest else found
            head, _, leaf = head.rpartition("/")
            rest = f"{leaf}/{rest}" if rest else leaf
        return None

    def take(self, name: str, inner: Scope, inputs: frozenset[str]) -> None:
        """Let the names of a block or group be seen here, under its own name."""
        self.absent |= {f"{name}/{local}" if name else local for local in inner.absent}
        for kind in ("names", "made"):
            for local, full in getattr(inner, kind).items():
                if local not in inputs:
                    getattr(self, kind).setdefault(f"{name}/{local}" if name else local, full)

    def close(
        self, name: str, inner: Scope, result: str, inputs: frozenset[str] = frozenset()
    ) -> None:
        """What a block or group called ``name`` leaves here: its names, and its result."""
        self.take(name, inner, inputs)
        self.previous = result
        if name:
            self.names[name] = result
            self.made[name] = inner.prefix.rstrip("/")

    def makers(self) -> Iterator[str]:
        """The names of every layer and block that can be applied once more here."""
        yield from self.made
        if self.outer:
            yield from self.outer.makers()

    def known(self) -> Iterator[str]:
        """Every name that can be used here."""
        yield from self.names
        if self.outer:
            yield from self.outer.known()

    def report_unknown(self, word: str, path: Path, report: Reporter) -> None:
        """Report a name that nothing before it has."""
        if word in self.absent:
            what = f"{shown(word, 60)} is left out here: its `when` does not hold"
            report.add(path, what, help="give it an `otherwise`, or this the same `when`")
            return
        if word in self.later or word.rpartition(".")[0] in self.later:
            report.add(
                path,
                f"{shown(word, 60)} comes later; a layer takes what stands before it",
                help="move the layer up",
            )
            return
        near = nearest(word, sorted(set(self.known())))
        what = f"there is no layer or input {shown(word, 60)} before this"
        inside = self.outer is None and self.depth > 0
        help = "a block sees its own inputs and entries only" if inside and not near else ""
        report.add(path, what, nearest=near, help=help)

"""What a draft is made of: entries of an architecture, and what is known about each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tfmigrate.drafting.generalise import Link

SURE, GUESSED, UNKNOWN = "sure", "guessed", "unknown"


@dataclass(frozen=True)
class Note:
    """Something a person should know about an entry: ``sure``, ``guessed`` or ``unknown``."""

    kind: str
    text: str


@dataclass(frozen=True)
class Entry:
    """A layer that a checkpoint's tensors were recognised as, or a variable as such.

    Attributes:
        name: Its name in the recipe.
        layer: Its class; "" for a variable.
        args: Its arguments.
        links: Which tensor becomes which of its variables.
        takes: The last size of its input; None where any will do.
        gives: The last size of its output; None where it is that of its input.
        rank: How many dimensions its input has, batch included; 0 where any number will do.
        gives_rank: How many its output has; 0 where it is that of its input.
        notes: What is sure, guessed and unknown.
        source: What it is called with; "" for the entry before.
    """

    name: str
    layer: str
    args: dict[str, Any] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    takes: int | None = None
    gives: int | None = None
    rank: int = 0
    gives_rank: int = 0
    notes: tuple[Note, ...] = ()
    source: str | list[str] = ""

    def as_data(self) -> dict[str, Any]:
        """The entry as a recipe holds it."""
        data: dict[str, Any] = {"name": self.name}
        if "compute" in self.args:
            return data | self.args | {"from": {"x": self.source}}
        if not self.layer:
            return data | {"variable": self.args}
        data["layer"] = self.layer
        if self.source:
            data["from"] = self.source
        return data | ({"with": self.args} if self.args else {})

    @property
    def said(self) -> str:
        """Its notes as one comment, what is sure first."""
        parts = []
        for kind in (SURE, GUESSED, UNKNOWN):
            found = [n.text for n in self.notes if n.kind == kind]
            if found:
                parts.append(f"{kind}: {', '.join(found)}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Drafted:
    """An architecture and what fills it, before it is text.

    Attributes:
        semantics: Whose defaults apply.
        inputs: The inputs, by name, as a recipe holds them.
        entries: The entries in order.
        comments: What is said above everything.
        notes: A comment for an input, by its name.
        outputs: What nothing takes, by a public name; nothing, where that is the last entry.
    """

    semantics: str
    inputs: dict[str, dict[str, Any]]
    entries: tuple[Entry, ...]
    comments: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

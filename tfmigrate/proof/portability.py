"""Where a SavedModel runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Portability:
    """What a server must know to run a SavedModel.

    Attributes:
        ops: Every type of op in it, its functions included; all are TensorFlow's own.
        oldest: The oldest TensorFlow (of 1.15 and later) that loads it: so say the op and kernel
            registries of the releases, and every later one has all of it too.
        because: What of it no older one has; nothing where ``oldest`` is the oldest looked at.
    """

    ops: tuple[str, ...]
    oldest: str
    because: tuple[str, ...] = ()

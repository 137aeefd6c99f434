"""Copies of variables that distributed training keeps: ``/replica_1``, ``tower_1/``, ``clone_1/``.

A copy is left out only where its bytes are those of the first one; copies that have drifted apart
are two weights of which nothing says which is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

# MirroredStrategy: kernel/replica_1; slim and the CIFAR-10 tutorial: clone_1/, tower_1/;
# tensorpack: tower1/.
_AFTER = re.compile(r"(?P<base>.+)/replica_[1-9]\d*(?P<rest>/.+)?")
_BEFORE = re.compile(
    r"(?P<head>(?:.+/)?)(?P<kind>tower|clone|replica)(?P<line>_?)[1-9]\d*/(?P<rest>.+)"
)


def copies(
    entries: Mapping[str, Any], content: Callable[[str], str], training: Mapping[str, str]
) -> dict[str, str]:
    """Each tensor that is a copy of another, byte for byte, and the name of that one.

    Args:
        entries: The tensors of a checkpoint.
        content: Gives a hash of a tensor's bytes.
        training: Why tensors are no weights; those are left alone.
    """
    found = {}
    for name, entry in entries.items():
        if training.get(name):
            continue
        for first in _firsts(name):
            other = entries.get(first)
            alike = other is not None and (other.shape, other.dtype) == (entry.shape, entry.dtype)
            if alike and content(first) == content(name):
                found[name] = first
                break
    return found


def _firsts(name: str) -> list[str]:
    """The names that the first of several copies may have."""
    after, before = _AFTER.fullmatch(name), _BEFORE.fullmatch(name)
    if after:
        return [after["base"] + (after["rest"] or "")]
    if before:
        head, rest = before["head"], before["rest"]
        return [f"{head}{rest}", f"{head}{before['kind']}{before['line']}0/{rest}",
                f"{head}{before['kind']}/{rest}"]  # fmt: skip
    return []

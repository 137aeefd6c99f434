"""Names under which a SavedModel can hold the variables of a graph."""

from __future__ import annotations

from collections.abc import Sequence


def variable_names(nodes: Sequence[str]) -> dict[str, str]:
    """The name of each variable: its node's, with a leaf where another name goes on from it.

    A SavedModel keeps variables in folders, so ``w`` cannot stand beside ``w/b``.
    """
    folders = {n[:i] for n in nodes for i, c in enumerate(n) if c == "/"}
    return {n: f"{n}/variable" if n in folders else n for n in nodes}

"""Whether the exported signatures are the ones that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfmigrate.errors import NotProved, Problem
from tfmigrate.export.naming import signature_problems
from tfmigrate.export.views import View
from tfmigrate.tensors import Signature


def refuse(views: Sequence[View], exported: Sequence[Signature], narrowed: Iterable[str]) -> None:
    """Refuse an export whose signatures are not the ones that were asked for.

    Args:
        views: What was asked for.
        exported: What was written, in the same order.
        narrowed: The keys of those whose inputs have shapes of their own.

    Raises:
        NotProved: A name, type or shape differs.
    """
    settled = set(narrowed)
    problems: list[Problem] = []
    for view, signature in zip(views, exported, strict=True):
        key = view.signature.key
        problems += signature_problems(view.signature, signature, key in settled)
    if problems:
        raise NotProved("the exported signature is not the one that was asked for", problems)

"""When another shape breaks callers, and when it does not."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.contract.changes import BREAKING, COMPATIBLE
from tfmigrate.tensors import Shape

_STATE = (
    "where callers only ever send this shape, state it in a contract of your own: "
    "tfmigrate inspect OLD --signatures --format json > contract.json"
)


@dataclass(frozen=True)
class ShapeChange:
    """What another shape means to callers; the fields are those of a change."""

    code: str
    severity: str
    what: str
    help: str = ""


def written(shape: Shape | None) -> str:
    """A shape in words: ``(None, 10)``, or ``any rank``."""
    return "any rank" if shape is None else str(tuple(shape))


def shape_change(old: Shape | None, new: Shape | None, takes: bool) -> ShapeChange | None:
    """What callers meet, None where the shape is the same.

    Args:
        old: The shape they rely on.
        new: The shape that is there now.
        takes: Whether it is an input's.
    """
    if old == new:
        return None
    if old is None or new is None:
        return _rank_stated(takes) if old is None else _rank_free(takes)
    if len(old) != len(new):
        return ShapeChange("rank", BREAKING, "the rank is another one")
    pairs = [(o, n) for o, n in zip(old, new, strict=True) if o != n]
    if any(o is not None and n is not None for o, n in pairs):
        return ShapeChange("shape", BREAKING, "a fixed dimension has another size")
    if takes and any(n is not None for _, n in pairs):
        return ShapeChange("shape", BREAKING, "a dimension that was free is fixed now")
    if takes:
        return ShapeChange("shape", COMPATIBLE, "it takes more sizes than before")
    if any(o is not None for o, _ in pairs):
        return ShapeChange("shape", COMPATIBLE, "a size is not stated any more")
    return ShapeChange("shape", COMPATIBLE, "a size is stated that was not")


def _rank_stated(takes: bool) -> ShapeChange:
    if takes:
        return ShapeChange("rank", BREAKING, "it took tensors of any rank", _STATE)
    return ShapeChange("rank", COMPATIBLE, "the shape is stated, which it was not")


def _rank_free(takes: bool) -> ShapeChange:
    what = "it takes tensors of any rank now" if takes else "the shape is not stated any more"
    return ShapeChange("rank", COMPATIBLE, what)

"""Numbers, shapes and tables in words, the same in every report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfmigrate.errors import shown
from tfmigrate.tensors import Shape, TensorSpec

_UNITS = ("kB", "MB", "GB", "TB")
_WIDEST = 44  # one column; a wider cell pushes its own line over a screen's 100 characters


def size(count: int) -> str:
    """Bytes in decimal units: ``812 bytes``, ``5.0 kB``, ``528 MB``."""
    if count < 1000:
        return counted(count, "byte")
    power = 1
    while count / 1000**power >= 999.5 and power < len(_UNITS):
        power += 1
    value = count / 1000**power
    return (
        f"{value:.1f} {_UNITS[power - 1]}" if value < 9.95 else f"{value:.0f} {_UNITS[power - 1]}"
    )


def counted(count: int, word: str) -> str:
    """``1 variable``, ``1,256 variables``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def shape(dims: Shape) -> str:
    """``(None, 10)``; a free dimension is None."""
    return str(tuple(dims))


def spec(tensor: TensorSpec) -> tuple[str, str, str]:
    """The cells of a signature's tensor: name, shape, type."""
    return (shown(tensor.name), shape(tensor.shape), shown(tensor.dtype))


def table(rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """Rows as aligned columns, two spaces apart; names are whole, as rules need them."""
    cut = [[*(shown(c, 1000) for c in row[:-1]), row[-1]] for row in rows]
    if not cut:
        return []
    widths = [min(max(len(row[i]) for row in cut), _WIDEST) for i in range(len(cut[0]) - 1)]
    return [
        indent
        + "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in cut
    ]


def some(names: Sequence[str], most: int = 4) -> str:
    """The first few names, and how many more there are."""
    text = ", ".join(shown(n, _WIDEST) for n in names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most:,} more"


def reason(text: str) -> str:
    """A reason without the name in it: ``optimizer slot of dense/kernel`` is an optimizer slot."""
    return text.partition(" of ")[0]


def lines(text: str, limit: int = 400) -> list[str]:
    """Text of several lines, each made safe to print."""
    return [shown(line, limit) for line in text.split("\n")]

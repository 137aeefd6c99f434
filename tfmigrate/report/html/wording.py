"""Text and numbers as a page shows them; everything out of a file is made safe here."""

from __future__ import annotations

from markupsafe import Markup, escape

from tfmigrate.errors import shown

_LONGEST = 2000  # characters of one line; names in real files have at most a few hundred


def safe(value: object) -> object:
    """What jinja2 calls for each value that a template shows, before it escapes it.

    Control characters and the ones that change the direction of writing become their escapes.
    """
    if isinstance(value, Markup):
        return value
    return "\n".join(shown(line, _LONGEST) for line in str(value).split("\n"))


def ticks(text: object) -> Markup:
    """Text whose parts in backticks are code."""
    parts = str(safe(text)).split("`")
    if len(parts) % 2 == 0:  # one is left over: not meant as marks
        return escape("`".join(parts))
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


def number(value: float) -> str:
    """``0``, ``0.25``, ``2.4e-7``, ``29,000``, ``inf``: two digits that matter."""
    if 100 <= value < 1e6:
        return f"{float(f'{value:.2g}'):,.0f}"
    text = f"{value:.2g}"
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else text


def plain(value: float) -> str:
    """A number that somebody chose, as it was written: ``1e-5``, ``0.001``."""
    text = f"{value:g}"
    mantissa, mark, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else text


def sentence(text: str) -> str:
    """Text with a capital and a full stop, as the page's own sentences have them."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "?", "!", ":")) or not whole else f"{whole}."


def power(exponent: int) -> str:
    """A tick of a logarithmic axis: ``1e-7``, and plainly ``1`` and ``10``."""
    return {0: "1", 1: "10"}.get(exponent, f"1e{exponent}")


def percent(part: float, whole: float) -> str:
    """A share that is only called 0 % or 100 % where it is."""
    if not whole:
        return "-"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "under 0.1 %"
    if 99.9 < share < 100:
        return "over 99.9 %"
    return f"{share:.3g} %"


def short(digest: str) -> str:
    """The beginning of a hash, which is enough to compare two by eye."""
    return digest[:10]


def clipped(text: str, most: int) -> str:
    """Text of at most so many characters, its end kept: there names differ."""
    plain = shown(text, 400)
    return plain if len(plain) <= most else f"…{plain[1 - most :]}"

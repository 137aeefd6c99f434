"""Reports: text and JSON are two readers of the same result; nothing here prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tfmigrate.lazy import load

# Called with (text, colour); gives the text as it goes to the screen.
Paint = Callable[[str, str], str]

REPORTERS = {
    "text": "tfmigrate.report.as_text:render",
    "json": "tfmigrate.report.as_json:render",
}


def plain(text: str, colour: str) -> str:
    """The text without its colour."""
    return text


@dataclass(frozen=True)
class Style:
    """How a report is wanted.

    Attributes:
        verbosity: 0 fits a screen; from 1 on nothing is folded or left out.
        quiet: Only the last line.
        paint: What puts colour on text.
    """

    verbosity: int = 0
    quiet: bool = False
    paint: Paint = plain


PLAIN = Style()


def render(result: object, form: str, style: Style = PLAIN) -> str:
    """A result as the report ``form``, one of :data:`REPORTERS`, without a last newline."""
    text: str = load(REPORTERS[form])(result, style)
    return text

"""Small drawings as inline SVG: elements, scales, and the frame of a plot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from tfmigrate.errors import shown
from tfmigrate.report.html.wording import power

WIDTH, HEIGHT = 440, 270
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 14, 46


def element(name: str, *content: str, **attributes: object) -> Markup:
    """One element; content that is no markup, and every attribute, is escaped."""
    said = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _plain(value))
        for key, value in attributes.items()
    )
    inside = Markup("").join(c if isinstance(c, Markup) else escape(shown(c)) for c in content)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), said, inside)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return shown(value, 1_000_000)


def text(x: float, y: float, said: str, **attributes: object) -> Markup:
    """Text at a place, in the middle unless ``text_anchor`` says otherwise."""
    return element("text", said, **{"x": x, "y": y, "text_anchor": "middle", **attributes})


@dataclass(frozen=True)
class Scale:
    """Numbers along a stretch of the drawing.

    Attributes:
        low: The number at ``start``.
        high: The number at ``end``.
        start: Where it begins, in units of the drawing.
        end: Where it ends.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a number, kept inside the stretch."""
        share = (value - self.low) / (self.high - self.low or 1)
        return self.start + min(max(share, 0), 1) * (self.end - self.start)


@dataclass(frozen=True)
class Decades:
    """A logarithmic scale with a place of its own for 0.

    Attributes:
        scale: Over exponents of ten; one decade below the lowest stands for 0.
        lowest: The lowest exponent that is a number.
    """

    scale: Scale
    lowest: int

    def at(self, value: float) -> float:
        """The place of a magnitude; what is infinite or undefined is at the far end."""
        if not math.isfinite(value):
            return self.scale.end
        return self.scale.at(math.log10(value) if value > 0 else self.lowest - 1)

    def ticks(self, most: int = 8) -> list[tuple[float, str]]:
        """Places and labels; not more than fit."""
        high = math.floor(self.scale.high)
        step = max(1, math.ceil((high - self.lowest + 1) / most))
        exponents = range(self.lowest, high + 1, step)
        return [(self.scale.start, "0"), *((self.scale.at(e), power(e)) for e in exponents)]


def decades(values: Iterable[float], start: float, end: float) -> Decades:
    """The scale that holds all of some magnitudes."""
    logs = [math.log10(v) for v in values if v > 0 and math.isfinite(v)] or [0.0]
    low, high = math.floor(min(logs)), math.floor(max(logs)) + 1
    return Decades(Scale(low - 1, high, start, end), low)


def y_ticks(ticks: Sequence[tuple[float, str]], width: int = WIDTH) -> list[Markup]:
    """Lines across the plot, with their labels at the left."""
    lines = [
        element("line", x1=LEFT, x2=width - RIGHT, y1=y, y2=y, class_="grid") for y, _ in ticks
    ]
    return [*lines, *(text(LEFT - 6, y + 4, said, text_anchor="end") for y, said in ticks)]


def frame(x_label: str, y_label: str, width: int = WIDTH) -> list[Markup]:
    """The axes and what they mean."""
    bottom, middle = HEIGHT - BOTTOM, (TOP + HEIGHT - BOTTOM) / 2
    return [
        element("line", x1=LEFT, x2=LEFT, y1=TOP, y2=bottom, class_="axis"),
        element("line", x1=LEFT, x2=width - RIGHT, y1=bottom, y2=bottom, class_="axis"),
        text((LEFT + width - RIGHT) / 2, HEIGHT - 6, x_label, class_="name"),
        text(13, middle, y_label, class_="name", transform=f"rotate(-90 13 {middle:g})"),
    ]


def picture(title: str, parts: Iterable[Markup], width: int = WIDTH) -> Markup:
    """The whole drawing, with its title for those who do not see it."""
    return element(
        "svg",
        element("title", title),
        Markup("").join(parts),
        viewBox=f"0 0 {width} {HEIGHT}",
        role="img",
        class_="wide" if width > WIDTH else "plot",
    )


def cross(x: float, y: float, said: str, size: float = 5) -> Markup:
    """A mark for what is wrong: also without colour it is no dot."""
    wide = 2 * size
    arms = f"M{x - size:.1f} {y - size:.1f}l{wide} {wide}m0 {-wide}l{-wide} {wide}"
    return element("path", element("title", said), d=arms, class_="bad")


def dot(x: float, y: float, said: str, size: float = 4) -> Markup:
    """A mark for what is right."""
    return element("circle", element("title", said), cx=x, cy=y, r=size, class_="good")

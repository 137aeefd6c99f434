"""The two plots of an output: how large its differences are, and where they lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tfmigrate.proof import Decade, OutputComparison
from tfmigrate.report.html import svg
from tfmigrate.report.html.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from tfmigrate.report.html.wording import number, power
from tfmigrate.report.words import counted
from tfmigrate.tensors import Tolerance

_BASE = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Plot:
    """A drawing with its title, and what to see in it."""

    title: str
    drawing: Markup
    caption: str


def of_output(output: OutputComparison) -> tuple[Plot, ...]:
    """The plots that an output's spread allows; none where equality was asked."""
    if output.spread is None:
        return ()
    found = []
    if output.spread.by_magnitude and output.tolerance is not None:
        found.append(against_magnitude(output, output.tolerance))
    if output.spread.by_difference:
        found.append(histogram(output))
    return tuple(found)


def against_magnitude(output: OutputComparison, allowed: Tolerance) -> Plot:
    """The largest difference in each decade of magnitude, and the line it may not cross."""
    spread = output.spread.by_magnitude if output.spread else ()
    bands = _Bands(spread)
    values = [d.max_abs for d in spread] + [allowed.atol, _allowed(bands.high, allowed)]
    up = svg.decades(values, _BASE, TOP)
    parts = [*svg.y_ticks(up.ticks()), *bands.ticks()]
    corners = [(float(LEFT), allowed.atol)] if bands.zero else []
    exponents = [bands.low + i / 4 for i in range(4 * (bands.high - bands.low + 1) + 1)]
    corners += [(bands.edge(e), _allowed(e, allowed)) for e in exponents]
    line = " ".join(f"{x:.1f},{up.at(y):.1f}" for x, y in corners)
    parts.append(svg.element("polyline", points=line, class_="limit"))
    for decade in spread:
        count = counted(decade.elements, "element")
        said = f"{_range(decade)}: {count}, at most {number(decade.max_abs)} off"
        over = not output and decade.max_abs >= decade.limit and decade.max_abs > 0
        mark = svg.cross if over else svg.dot
        parts.append(mark(bands.beside(decade, allowed, over), up.at(decade.max_abs), said))
    parts += svg.frame("magnitude of the reference value", "largest difference (absolute)")
    caption = (
        "Every dot is below the dashed line, which is the tolerance."
        if output
        else "Crosses are above the dashed line, the tolerance; dots are below it."
    )
    drawing = svg.picture(f"{output.name}: difference against magnitude", parts)
    return Plot("Difference against magnitude", drawing, caption)


def histogram(output: OutputComparison) -> Plot:
    """How many elements are how far off."""
    spread = output.spread.by_difference if output.spread else ()
    bands = _Bands(spread)
    most = max(d.elements for d in spread)
    up = svg.Scale(0, most, _BASE, TOP + 14)
    parts = [*svg.y_ticks([(up.at(0), "0"), (up.at(most), _short(most))]), *bands.ticks()]
    for decade in spread:
        parts += _bar(decade, bands, up)
    exact, total = sum(d.elements for d in spread if d.exponent is None), output.elements
    caption = f"{exact:,} of {counted(total, 'element')} are exactly the reference's."
    atol = output.tolerance.atol if output.tolerance else 0
    if atol and bands.spans(atol):
        at = bands.place(atol)
        parts.append(svg.element("line", x1=at, x2=at, y1=TOP, y2=_BASE, class_="limit"))
        caption += " The dashed line is the absolute tolerance."
    parts += svg.frame("difference from the reference (absolute)", "elements")
    drawing = svg.picture(f"{output.name}: histogram of differences", parts)
    return Plot("Histogram of differences", drawing, caption)


def _bar(decade: Decade, bands: _Bands, up: svg.Scale) -> list[Markup]:
    wide, middle = bands.width * 0.76, bands.middle(decade)
    top = min(up.at(decade.elements), _BASE - 2.0)  # a single element is still to be seen
    said = f"{_range(decade)} off: {counted(decade.elements, 'element')}"
    place = {"x": middle - wide / 2, "y": top, "width": wide, "height": _BASE - top}
    bar = svg.element("rect", svg.element("title", said), **place, class_="bar")
    above = svg.text(middle, top - 4, _short(decade.elements))
    return [bar, above] if bands.width >= 20 else [bar]


class _Bands:
    """One band per decade, side by side; the first is for 0 where something is 0."""

    def __init__(self, spread: Sequence[Decade]) -> None:
        known = [d.exponent for d in spread if d.exponent is not None] or [0]
        self.low, self.high = min(known), max(known)
        self.zero = any(d.exponent is None for d in spread)
        self.count = self.high - self.low + 1 + self.zero
        self.width = (WIDTH - RIGHT - LEFT) / self.count

    def edge(self, exponent: float) -> float:
        return LEFT + (exponent - self.low + self.zero) * self.width

    def middle(self, decade: Decade) -> float:
        if decade.exponent is None:
            return LEFT + self.width / 2
        return self.edge(decade.exponent) + self.width / 2

    def beside(self, decade: Decade, allowed: Tolerance, over: bool) -> float:
        """Where in its band a mark belongs: on its own side of the sloping tolerance.

        The element's magnitude is only known to the decade; what passed lies where the tolerance
        reaches its difference, or further right, and what did not further left.
        """
        if decade.exponent is None or not allowed.rtol or decade.max_abs <= allowed.atol:
            return self.middle(decade)
        meets, half = (decade.max_abs - allowed.atol) / allowed.rtol, decade.exponent + 0.5
        at = math.log10(meets) if math.isfinite(meets) else half
        at = min(half, at - 0.05) if over else max(half, at + 0.05)
        return self.edge(float(min(max(at, decade.exponent), decade.exponent + 1)))

    def place(self, value: float) -> float:
        return self.edge(math.log10(value))

    def spans(self, value: float) -> bool:
        return LEFT + 1 < self.place(value) < WIDTH - RIGHT - 1  # not on the axis itself

    def ticks(self) -> list[Markup]:
        step = max(1, -(-self.count // 8))
        first = self.low + (self.zero and self.width < 50)  # else it would touch the 0
        shown = [(self.edge(e), power(e)) for e in range(first, self.high + 2, step)]
        zero = [(LEFT + self.width / 2, "0")] if self.zero else []
        return [svg.text(x, _BASE + 16, said) for x, said in (*zero, *shown)]


def _allowed(exponent: float, allowed: Tolerance) -> float:
    return allowed.atol + allowed.rtol * math.pow(10, min(exponent, 308))


def _range(decade: Decade) -> str:
    if decade.exponent is None:
        return "0"
    return f"{power(decade.exponent)} to {power(decade.exponent + 1)}"


def _short(count: int) -> str:
    """``950``, ``12k``, ``3.4M``: what fits above a bar."""
    for size, unit in ((10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.2g}{unit}" if count < 100 * size else f"{count // size}{unit}"
    return str(count)

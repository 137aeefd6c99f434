"""The difference along the computation, layer by layer, and the first layer that diverges."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from tfmigrate.proof import Divergence, LayerDifference
from tfmigrate.report.html import svg
from tfmigrate.report.html.plots import Plot
from tfmigrate.report.html.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP
from tfmigrate.report.html.wording import clipped, number
from tfmigrate.report.words import counted

_WIDE = 900
_BASE = HEIGHT - BOTTOM
_MARKED = 150  # more dots than this are a line


def of_layers(found: Divergence) -> Plot | None:
    """The curve; None where no layer was compared."""
    layers = [layer for layer in found.layers if layer.paired or layer.max_abs or layer.own]
    if len(layers) < 2:
        return None
    across = svg.Scale(0, len(layers) - 1, LEFT + 12, _WIDE - RIGHT - 12)
    up = svg.decades([v for x in layers for v in (x.max_abs, x.own or 0.0)], _BASE, TOP)
    points = " ".join(f"{across.at(i):.1f},{up.at(x.max_abs):.1f}" for i, x in enumerate(layers))
    parts = [*svg.y_ticks(up.ticks(), _WIDE), *_numbers(len(layers), across)]
    parts += _first(layers, found.first, across)
    parts.append(svg.element("polyline", points=points, class_="curve"))
    for i, layer in enumerate(layers):
        parts += _marks(layer, across.at(i), up, len(layers))
    parts += svg.frame("layer, in the order of the computation", "largest difference", _WIDE)
    drawing = svg.picture("Difference from the reference, layer by layer", parts, _WIDE)
    return Plot("Difference along the computation", drawing, _caption(layers, found.first))


def _numbers(count: int, across: svg.Scale) -> list[Markup]:
    step = max(1, -(-count // 12))
    return [svg.text(across.at(i), _BASE + 16, str(i + 1)) for i in range(0, count, step)]


def _first(layers: Sequence[LayerDifference], first: Sequence[str], x: svg.Scale) -> list[Markup]:
    found = []
    for i, layer in enumerate(layers):
        if layer.layer in first[:3]:
            at, left = x.at(i), i < len(layers) / 2
            found.append(svg.element("line", x1=at, x2=at, y1=TOP, y2=_BASE, class_="first"))
            side = {"text_anchor": "start" if left else "end", "class_": "firstname"}
            row = TOP + 10 + 16 * first.index(layer.layer)
            found.append(svg.text(at + (6 if left else -6), row, clipped(layer.layer, 40), **side))
    return found


def _marks(layer: LayerDifference, x: float, up: svg.Decades, count: int) -> list[Markup]:
    of = f" beside {layer.paired}" if layer.paired and layer.paired != layer.layer else ""
    said = f"{layer.layer} ({layer.class_name}){of}: {number(layer.max_abs)} off"
    found = []
    if layer.agrees is False:
        found.append(svg.cross(x, up.at(layer.max_abs), said, 4))
    elif count <= _MARKED:
        found.append(svg.dot(x, up.at(layer.max_abs), said, 3))
    if layer.own is not None and (count <= _MARKED or layer.agrees is False):
        y, own = up.at(layer.own), f"{layer.layer}, given the reference's inputs: "
        title = svg.element("title", f"{own}{number(layer.own)} off")
        box = {"x": x - 4, "y": y - 4, "width": 8, "height": 8, "class_": "own"}
        found.append(svg.element("rect", title, **box))
    return found


def _caption(layers: Sequence[LayerDifference], first: Sequence[str]) -> str:
    wrong = sum(layer.agrees is False for layer in layers)
    text = f"{counted(wrong, 'layer')} of {len(layers):,} differ (crosses)."
    if first:
        text += " Vertical lines: where a layer adds to the difference by itself."
    if any(layer.own is not None for layer in layers):
        text += " Squares: the layer's own difference when it gets the reference's inputs."
    return text

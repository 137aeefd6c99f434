from __future__ import annotations

import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.report import made
from tfmigrate.proof import Decade, OutputComparison, Spread
from tfmigrate.report.html import curve, plots, svg
from tfmigrate.tensors import Tolerance

ALLOWED = Tolerance(1e-5, 1e-6)


def output(passed: bool, *decades: Decade) -> OutputComparison:
    spread = Spread(decades, (Decade(None, 3), Decade(-9, 5)))
    return OutputComparison("y", passed, elements=8, tolerance=ALLOWED, spread=spread)


def drawn(plot: plots.Plot) -> ElementTree.Element:
    return ElementTree.fromstring(str(plot.drawing))


def limit_at(plot: plots.Plot, x: float) -> float:
    """The height of the dashed line at ``x``; smaller is higher."""
    (line,) = (e for e in drawn(plot).iter("polyline") if e.get("class") == "limit")
    points = [tuple(map(float, p.split(","))) for p in line.get("points", "").split()]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    raise AssertionError(f"{x} is beside the line")


@pytest.mark.parametrize("share", [1e-4, 0.1, 0.3, 0.99])
@pytest.mark.parametrize("exponent", [-3, 0, 4])
def test_what_passed_is_drawn_below_the_tolerance(share, exponent):
    worst = share * (1e-6 + 1e-5 * 10.0 ** (exponent + 1))
    plot = plots.against_magnitude(output(True, Decade(exponent, 9, worst, 1e-6)), ALLOWED)
    (dot,) = drawn(plot).iter("circle")
    assert float(dot.get("cy", "")) >= limit_at(plot, float(dot.get("cx", ""))) - 2


@pytest.mark.parametrize("times", [1.01, 5, 1e6])
@pytest.mark.parametrize("exponent", [-3, 0, 4])
def test_what_failed_is_drawn_above_the_tolerance(times, exponent):
    limit = 1e-6 + 1e-5 * 10.0**exponent
    decade = Decade(exponent, 9, limit * times, limit)
    plot = plots.against_magnitude(output(False, decade), ALLOWED)
    (cross,) = (e for e in drawn(plot).iter("path") if e.get("class") == "bad")
    x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", cross.get("d", "")).groups())
    assert y + 5 <= limit_at(plot, x + 5) + 2


def test_a_plot_says_what_it_shows_and_in_which_units():
    plot = plots.against_magnitude(made.passed().parity.outputs[0], ALLOWED)
    names = [e.text for e in drawn(plot).iter("text") if e.get("class") == "name"]
    assert names == ["magnitude of the reference value", "largest difference (absolute)"]
    assert drawn(plot).find("title").text == "emotion: difference against magnitude"


def test_bars_are_as_high_as_what_they_count():
    found = output(True)
    spread = Spread((), (Decade(None, 10), Decade(-8, 20), Decade(-7, 1)))
    bars = drawn(plots.histogram(replace(found, spread=spread))).iter("rect")
    heights = [float(bar.get("height", "")) for bar in bars]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)
    assert heights[2] >= 2


def test_exact_outputs_have_no_plots():
    assert plots.of_output(made.passed().parity.outputs[1]) == ()


def test_one_value_and_extremes_can_be_drawn():
    wild = (Decade(None, 1), Decade(-45, 1, 1e-300), Decade(38, 1, float("inf"), 1.0))
    for plot in plots.of_output(replace(output(False), spread=Spread(wild, wild))):
        places = [
            float(n) for n in re.findall(r' (?:x|y|cx|cy|width|height)="([^"]*)"', plot.drawing)
        ]
        assert all(-1 <= place <= 500 for place in places)


def test_the_first_layer_is_marked_where_the_curve_jumps():
    plot = curve.of_layers(made.divergence())
    picture = drawn(plot)
    (line,) = (e for e in picture.iter("line") if e.get("class") == "first")
    crosses = [e for e in picture.iter("path") if e.get("class") == "bad"]
    x = float(re.match(r"M([\d.]+)", crosses[0].get("d", "")).group(1)) + 4
    assert float(line.get("x1", "")) == pytest.approx(x, abs=0.2)
    assert len(crosses) == 14
    (name,) = (e for e in picture.iter("text") if e.get("class") == "firstname")
    assert name.text == "block3_conv2d_1"


def test_thousands_of_layers_are_a_line():
    found = made.divergence()
    drawing = str(curve.of_layers(replace(found, layers=found.layers[:13] * 300)).drawing)
    assert drawing.count("<circle") == 0
    assert drawing.count("<text") < 40


def test_no_curve_where_only_outputs_were_compared():
    assert curve.of_layers(replace(made.divergence(), layers=())) is None


def test_zero_has_its_place_on_a_logarithmic_scale():
    scale = svg.decades([1e-3, 0.0, 2.0], 100, 0)
    assert scale.at(0) == 100
    assert scale.at(1e-3) < 100
    assert scale.at(float("nan")) == scale.at(float("inf")) == 0

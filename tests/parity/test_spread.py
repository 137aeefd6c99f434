"""The bands of differences and magnitudes: exact at every power of ten, and nothing lost."""

import json

import numpy as np
import pytest

from tfmigrate.parity.compare import compare
from tfmigrate.parity.spread import HIGHEST, LOWEST
from tfmigrate.proof import Decade
from tfmigrate.tensors import Tolerance, as_json


def one(reference, got, tolerance=(1e-5, 1e-6)):
    tolerances = {"y": Tolerance(*tolerance)}
    (verdict,) = compare([{"y": np.asarray(reference)}], [{"y": np.asarray(got)}], tolerances)
    return verdict


def test_elements_are_counted_by_their_magnitude_and_by_their_difference():
    spread = one([0.0, 0.5, 0.99, 20.0], [0.0, 0.5, 1.19, 20.0]).spread
    assert spread.by_magnitude == (
        Decade(None, 1, 0.0, 1e-6),
        Decade(-1, 2, pytest.approx(0.2), 1e-6 + 1e-5 * 0.1),
        Decade(1, 1, 0.0, 1e-6 + 1e-5 * 10),
    )
    assert spread.by_difference == (Decade(None, 3), Decade(-1, 1, pytest.approx(0.2)))


def test_every_power_of_ten_begins_a_band():
    for exponent in range(LOWEST, HIGHEST + 1):
        power = float(f"1e{exponent}")
        values = [np.nextafter(power, 0), power, np.nextafter(power * 9.999, power)]
        bands = one(values, values).spread.by_magnitude
        below = max(exponent - 1, LOWEST)
        wanted = [(below, 1), (exponent, 2)] if below < exponent else [(LOWEST, 3)]
        assert [(b.exponent, b.elements) for b in bands] == wanted


def test_the_ends_hold_what_lies_beyond_them():
    values = [5e-324, 1e-300, 1e300, np.finfo(float).max]
    bands = one(values, values).spread.by_magnitude
    assert [(b.exponent, b.elements) for b in bands] == [(LOWEST, 2), (HIGHEST, 2)]


def test_no_element_is_lost(monkeypatch):
    monkeypatch.setattr("tfmigrate.parity.tally.CHUNK", 7)
    rng = np.random.default_rng(0)
    reference = rng.normal(size=50) * 10.0 ** rng.integers(-9, 9, 50)
    verdict = one(reference, reference * (1 + 1e-6))
    for bands in (verdict.spread.by_magnitude, verdict.spread.by_difference):
        assert sum(b.elements for b in bands) == 50
        assert max(b.max_abs for b in bands) == verdict.max_abs


def test_shares_and_means():
    verdict = one([0.0, 4.0], [0.125, 4.25], (1 / 16, 1 / 4))
    assert (verdict.used, verdict.mean_abs, verdict.needed) == (0.5, 0.1875, 0.125)
    failed = one([0.0, 4.0], [0.5, 4.0], (1 / 16, 1 / 4))
    assert (failed.used, failed.expected, failed.found) == (2.0, "0", "0.5")
    assert (verdict.expected, verdict.found) == ("", "")


def test_no_tolerance_at_all_is_used_up_by_any_difference():
    assert one([1.0, 0.0], [1.0, 0.0], (0, 0)).used == 0
    assert one([1.0, 0.0], [1.0, 1e-9], (0, 0)).used > 1


@pytest.mark.parametrize("pair", [(np.nan, 1), (1, np.inf), (1e308, -1e308), (0.0, 5e-324)])
def test_every_figure_can_be_written_down(pair):
    verdict = one(np.array([pair[0], 2.0]), np.array([pair[1], 2.0]), (0, 0))
    assert not verdict
    assert verdict.used > 1
    json.dumps(as_json(verdict), allow_nan=False)


def test_exact_outputs_have_no_spread_but_a_mean():
    (verdict,) = compare([{"y": np.array([1, 2, 3, 4])}], [{"y": np.array([1, 2, 3, 8])}])
    assert (verdict.spread, verdict.used, verdict.mean_abs) == (None, 0.0, 1.0)
    assert (verdict.expected, verdict.found) == ("4", "8")
    (verdict,) = compare([{"y": np.array(["a", "b"])}], [{"y": np.array(["a", "c"])}])
    assert (verdict.expected, verdict.found) == ("b", "c")

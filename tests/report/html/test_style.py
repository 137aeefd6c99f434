"""Colours that can be read, in light, in dark and on paper."""

from __future__ import annotations

import re
from importlib import resources

import pytest

STYLE = (resources.files("tfmigrate.report.html") / "templates" / "style.css").read_text()


def themes() -> dict[str, dict[str, str]]:
    light, dark, paper = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", block))
        for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    )
    return {"light": light, "dark": {**light, **dark}, "paper": {**light, **paper}}


def luminance(colour: str) -> float:
    """As the Web Content Accessibility Guidelines 2.1 define it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
@pytest.mark.parametrize("ground", ["paper", "panel", "wash"])
@pytest.mark.parametrize("text", ["ink", "soft", "good", "bad", "weak"])
def test_text_stands_out(theme, ground, text):
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_data_stands_out(theme):
    colours = themes()[theme]
    assert contrast(colours["data"], colours["paper"]) >= 3

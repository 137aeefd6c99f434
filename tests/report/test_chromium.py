"""The pages in a real browser: one headless Chromium for all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.report import chromium, made
from tests.report.test_as_html import hostile
from tfmigrate.report import as_html

PAGES = {
    "passed": made.passed,
    "failed": made.failed,
    "refused": made.refused,
    "verification": made.verification,
    "hostile": lambda: hostile(made.failed()),
}
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
WIDTH = "document.documentElement.scrollWidth"
SHOWN = (
    "[...document.querySelectorAll('#entries tbody tr')].filter(r => r.checkVisibility()).length"
)
TYPE = """new Promise(done => {
  const box = document.getElementById("q"), start = performance.now();
  box.value = %r;
  box.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => { document.body.offsetHeight; done(performance.now() - start); });
})"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    subjects = {name: make() for name, make in PAGES.items()} | {"many": made.many(5000)}
    for name, subject in subjects.items():
        page = as_html.render(subject, made.CONTEXT)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in subjects}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    program = chromium.path()
    if program is None:
        said = f"there is none of {', '.join(chromium.NAMES)} to look at the pages with"
        if os.environ.get("TFMIGRATE_CHROMIUM") == "required":
            pytest.fail(said)
        pytest.skip(f"{said} (apt-get install chromium)")
    with chromium.browser(program, tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(autouse=True)
def as_usual(browser):
    browser.size(1200)
    browser.media()
    browser.scripts(True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_and_loads_nothing(browser, pages, name, scheme):
    browser.media(scheme=scheme)
    browser.open(pages[name])
    browser.value(UNFOLD)
    assert browser.complaints() == []
    assert browser.requests() == [pages[name].as_uri()]
    paper = browser.value("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(250, 250, 247)", "dark": "rgb(19, 20, 23)"}[scheme]


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_only_downwards(browser, pages, name):
    browser.size(360)
    browser.open(pages[name])
    browser.value(UNFOLD)
    assert browser.value(WIDTH) <= 360
    browser.value("document.querySelector('h1').style.width = '500px'")
    assert browser.value(WIDTH) > 360  # it would have been noticed


def test_a_phone_shows_the_first_layer_at_once(browser, pages):
    browser.size(360)
    browser.open(pages["failed"])
    place = "document.querySelector('svg line.first').getBoundingClientRect().left"
    assert 0 < browser.value(place) < 360


def test_the_address_can_hold_a_search(browser, pages):
    expected = sum("conv2d_1" in str(entry) for entry in made.passed().ledger)
    browser.open(pages["passed"], "#q=conv2d_1")
    assert browser.value(SHOWN) == expected > 0
    assert browser.value("document.getElementById('hits').textContent") == f"{expected} of 49"
    assert browser.value("document.querySelector('#ledger details').open")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("BLOCK1 gamma", 2),
        (made.digest("emotion/bias"), 1),
        ("transpose", 4),
        ("(16,)", None),
        ("no such thing", 0),
        ("", 49),
    ],
)
def test_typing_searches(browser, pages, query, count):
    browser.open(pages["passed"])
    browser.value(UNFOLD)
    browser.value(TYPE % query)
    found = browser.value(SHOWN)
    assert found == count or (count is None and 0 < found < 49)


def test_five_thousand_tensors_answer_at_once(browser, pages):
    browser.open(pages["many"])
    assert browser.value(SHOWN) == 0  # folded
    browser.value(TYPE % "warm")
    took = browser.value(TYPE % "layer_4999")
    assert browser.value(SHOWN) == 1
    assert took < 1000, f"{took:.0f} ms"  # a tenth of it, where nothing else runs
    assert browser.value(TYPE % "") < 2000
    assert browser.value(SHOWN) == 5000


def test_paper_shows_everything_and_nothing_to_press(browser, pages):
    browser.open(pages["passed"], "#q=conv2d")
    browser.value("document.querySelectorAll('details').forEach(d => d.open = false)")
    assert browser.value(SHOWN) == 0
    browser.media("print")
    assert browser.value(SHOWN) == 49
    pressed = "[...document.querySelectorAll('button, input, nav')].filter(e => e.offsetHeight)"
    assert browser.value(f"{pressed}.length") == 0
    assert browser.paper().startswith(b"%PDF")


def test_it_works_without_scripts(browser, pages):
    browser.scripts(False)
    browser.open(pages["passed"])
    pressed = "[...document.querySelectorAll('button, input')].filter(e => e.offsetHeight).length"
    assert browser.value(pressed) == 0
    assert browser.value(SHOWN) == 0
    browser.value("document.querySelector('#ledger summary').click()")
    assert browser.value(SHOWN) == 49


def test_a_line_is_copied_whole(browser, pages):
    browser.open(pages["failed"])
    browser.value("navigator.clipboard.writeText = text => (window.took = text, Promise.resolve())")
    browser.value("document.querySelector('.next button').click()")
    line = made.divergence().diagnoses[0].apply
    assert browser.value("window.took") == line
    assert browser.value("document.querySelector('.next button').textContent") == "Copied"

"""The page as a whole: what is on it, that nothing in it acts, and that it stays small."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests.report import made
from tfmigrate.proof import Parity
from tfmigrate.report import as_html
from tfmigrate.results import LedgerEntry, Migration, ModelLayer, TensorMismatch, Verification
from tfmigrate.tensors import Signature, TensorSpec, VariableInfo

HOSTILE = (
    "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\x1b[31m\u202e'\"`{{7*7}}"
)
VOID = {"meta", "input", "br"}


class Elements(HTMLParser):
    """Every element with its attributes, the text, and whether everything was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] not in (["style"], ["script"]):
            self.text += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.found)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    subjects = {
        "passed": made.passed(), "failed": made.failed(), "refused": made.refused(),
        "verification": made.verification(),
    }  # fmt: skip
    return {name: as_html.render(subject, made.CONTEXT) for name, subject in subjects.items()}


@pytest.mark.parametrize("name", ["passed", "failed", "refused", "verification"])
def test_it_is_whole_and_loads_nothing(pages, name):
    found = Elements(pages[name])
    assert found.open == []
    assert as_html.MARK in pages[name][: as_html.MARK_WITHIN]
    names = {key for _, attributes in found.found for key in attributes}
    assert not names & {"src", "style", "onclick", "srcset", "action"}
    targets = [a["href"] for _, a in found.found if "href" in a]
    anchors = {a.get("id") for _, a in found.found}
    assert targets
    assert all(t.startswith("#") and t[1:] in anchors for t in targets)
    assert "http://" not in re.sub(r"http://localhost:\d+", "", pages[name])
    assert "url(" not in pages[name]
    assert "@import" not in pages[name]


def test_only_our_own_style_and_script_may_run(pages):
    policies = {
        a["content"]
        for page in pages.values()
        for _, a in Elements(page).found
        if a.get("http-equiv") == "Content-Security-Policy"
    }
    (policy,) = policies
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("passed", ["✓ PASSED", "Both outputs of the exported model match", "out/faces",
                    "tfmigrate verify out/faces", "5 of 5 planted faults", "16 times"]),
        ("failed", ["✕ FAILED", "1 of 2 outputs does not match what the original runtime recorded",
                    "block3_conv2d_1, a Conv2D", "ops: [{flip: {axes: [0, 1]}}]",
                    "66 of 70 elements", "29,000 times what is allowed", "1 near tie"]),
        ("refused", ["✕ REFUSED", "3 problems", "faces.yaml:12 $.architecture.layers[3].layer",
                     "Conv2D, Conv1D", "(128, 8)", "(128, 7)", "name it in a rule"]),
        ("verification", ["✓ PASSED", "Every file is the one that was certified"]),
    ],
)  # fmt: skip
def test_a_newcomer_reads_it(pages, name, said):
    text = Elements(pages[name]).text
    for part in said:
        assert part in text


def test_the_same_result_gives_the_same_bytes():
    assert as_html.render(made.failed(), made.CONTEXT) == as_html.render(
        made.failed(), made.CONTEXT
    )


def test_every_tensor_is_in_the_ledger_with_its_whole_hash(pages):
    page, entries = pages["passed"], made.passed().ledger
    for entry in entries:
        for name, digest in {**entry.sources, **entry.targets}.items():
            assert html.escape(name) in page
            assert not digest or f'title="{digest}"' in page


def hostile(done: Migration) -> Migration:
    evil, pair = HOSTILE, {HOSTILE: HOSTILE}
    assert done.parity is not None
    parity = done.parity
    wrong = replace(parity.outputs[0], name=evil, why=evil, weak=evil)
    divergence = made.divergence()
    layers = tuple(replace(x, layer=evil, paired=evil, class_name=evil) for x in divergence.layers)
    told = replace(divergence.diagnoses[0], layer=evil, hazard=evil, what=evil, apply=evil)
    divergence = replace(
        divergence, how=evil, layers=layers, first=(evil,), diagnoses=(told,) * 5, notes=(evil,)
    )
    return replace(
        done,
        source=replace(done.source, path=evil, title=evil, notes=(evil,)),
        output=evil,
        engine=evil,
        variables=(VariableInfo(evil, (1,), evil),),
        layers=(ModelLayer(evil, evil, (evil, evil)),),
        ledger=(LedgerEntry("restored", pair, pair, pair, (pair,), evil),),
        signatures=(Signature(evil, (TensorSpec(evil, (9,), "float32"),), ()),),
        renamed=pair,
        notes=(evil,),
        parity=replace(
            parity, said=evil, outputs=(wrong,), checks={evil: False}, notes=(evil,),
            recorded=pair, divergence=divergence,
        ),
    )  # fmt: skip


@pytest.mark.parametrize("make", [made.passed, made.failed])
def test_what_a_file_says_does_nothing(make):
    page = as_html.render(hostile(make()), replace(made.CONTEXT, command=HOSTILE))
    found = Elements(page)
    assert found.open == []
    assert (found.count("script"), found.count("style"), found.count("img")) == (1, 1, 0)
    assert "<script>alert" in found.text
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "49`" not in page.replace("{{7*7}}", "")


def test_an_error_out_of_a_file_does_nothing():
    error = made.refused()
    error.problems = (replace(error.problems[0], what=HOSTILE, where=HOSTILE, help=HOSTILE),)
    found = Elements(as_html.render(error))
    assert (found.open, found.count("script"), found.count("img")) == ([], 1, 0)


@pytest.mark.parametrize(
    ("parity", "word"),
    [
        (None, "DRY RUN"),
        (Parity("unverified", "x"), "UNVERIFIED"),
        (Parity("reader", "x"), "FAILED"),
        (replace(made.passed().parity, level="rebuilt"), "WEAK"),
        (replace(made.passed().parity, checks={"repeatable": False}), "FAILED"),
    ],
)
def test_every_other_verdict_has_its_page(parity, word):
    done = replace(made.passed(), parity=parity)
    assert f"<title>{word}: " in as_html.render(done)


def test_a_graph_has_no_layers_but_variables():
    page = as_html.render(replace(made.passed(), layers=()))
    assert "46 variables, 123,655 parameters" in page


@pytest.mark.parametrize("field", ["changed", "extra", "missing"])
def test_a_file_that_is_not_as_certified(field):
    found = replace(made.verification(), **{field: ("variables/variables.index",)})
    text = Elements(as_html.render(found)).text
    assert "1 file is not as the certificate says" in text
    assert "variables/variables.index" in text


def test_a_tensor_that_is_not_the_ledger_s():
    wrong = TensorMismatch("dense/kernel", "other bytes", made.digest("a"), made.digest("b"))
    found = replace(made.verification(), tensors=46, mismatches=(wrong,), missing=("x",))
    text = Elements(as_html.render(found)).text
    assert "1 file and 1 tensor are not as the certificate says" in text
    assert made.digest("a") in text
    assert made.digest("b") in text


def test_a_check_without_answers():
    page = as_html.render(Verification("out", Parity("unverified", "nothing was stored")))
    assert "UNVERIFIED" in page


def test_five_thousand_tensors_stay_small():
    page = as_html.render(made.many(5000))
    assert len(page.encode()) < 3_000_000
    assert page.count("dense_3/kernel:0") > 700
    assert "<details>\n<summary>5,000 entries" in page  # folded


def test_a_short_ledger_is_not_folded():
    assert "<details open>\n<summary>3 entries" in as_html.render(made.many(3))

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tfmigrate import report, tensors
from tfmigrate.proof import Parity
from tfmigrate.results import Migration, Source


def strictly(text: str) -> dict:
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("case", "kind"),
    [("source", "inspection"), ("migration", "migration"), ("verification", "verification")],
)
def test_schema_and_kind_come_first(case, kind, request):
    found = strictly(report.render(request.getfixturevalue(case), "json"))
    assert list(found)[:2] == ["tfmigrate", "kind"]
    assert (found["tfmigrate"], found["kind"]) == (1, kind)


def test_a_result_survives(migration):
    clean = replace(migration, source=replace(migration.source, architecture=None))
    found = strictly(report.render(clean, "json"))
    body = {k: v for k, v in found.items() if k not in ("tfmigrate", "kind", "passed")}
    assert tensors.from_json(Migration, body) == clean


@pytest.mark.parametrize(
    ("case", "passed"), [("migration", True), ("failed", False), ("dry_run", None)]
)
def test_the_verdict_is_said(case, passed, request):
    assert strictly(report.render(request.getfixturevalue(case), "json"))["passed"] is passed


def test_a_verdict_on_nothing_is_none(migration):
    unverified = replace(migration, parity=Parity("unverified", "x"))
    assert strictly(report.render(unverified, "json"))["passed"] is None


def test_infinity_is_text(source: Source):
    found = strictly(report.render(source, "json"))
    assert found["source"]["architecture"]["config"]["rate"] == "inf"


def test_a_name_that_is_no_unicode_stays_parseable(source):
    text = report.render(replace(source, path="a\udcff\x1b"), "json")
    assert text.isascii()
    assert strictly(text)["source"]["path"] == "a\udcff\x1b"

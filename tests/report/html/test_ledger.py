from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report import made
from tfmigrate.report.html import ledger
from tfmigrate.report.html.about import Context
from tfmigrate.results import LedgerEntry


def rows(done) -> tuple[ledger.Row, ...]:
    found = ledger.view(done, Context())
    assert found is not None
    return found.rows


def test_every_tensor_and_every_variable_has_its_row():
    done = made.passed()
    sources = [side.name for row in rows(done) for side in row.sources]
    targets = [side.name for row in rows(done) for side in row.targets]
    assert sorted(sources) == sorted(t.name for t in done.source.tensors)
    assert sorted(targets) == sorted(v.name for v in done.variables)


def test_what_is_wrong_comes_first():
    done = made.passed()
    last = max(i for i, entry in enumerate(done.ledger) if entry.targets)
    (name,) = done.ledger[last].targets
    entries = list(done.ledger)
    entries[last] = replace(entries[last], targets={name: made.digest("flipped")})
    first, second, *_ = rows(replace(done, ledger=tuple(entries)))
    assert (first.targets[0].name, first.fate, first.good) == (name, "differs", False)
    assert second.good


def test_what_nothing_accounts_for_is_wrong():
    done = made.passed()
    first = rows(replace(done, ledger=done.ledger[1:]))[0]
    assert (first.fate, first.sources[0].name) == ("unused", next(iter(done.ledger[0].sources)))


def test_a_plan_is_no_deed():
    planned = replace(made.passed(), ledger=(), parity=None, output="")
    assert {row.fate for row in rows(planned)} == {"planned", "ignored"}


def test_what_was_not_read_back_is_not_called_restored():
    unread = tuple(replace(e, targets={}) for e in made.passed().ledger)
    fates = {row.fate for row in rows(replace(made.passed(), ledger=unread))}
    assert fates == {"not read back", "ignored"}


@pytest.mark.parametrize(
    ("ops", "said"),
    [
        (({"transpose": {"axes": [1, 0]}},), ("transpose axes [1, 0]",)),
        (({"squeeze": None}, {"cast": "float32"}), ("squeeze", "cast float32")),
        (({"transpose": {}},), ("transpose",)),
    ],
)
def test_ops_in_words(ops, said):
    entry = LedgerEntry("restored", {"a": "1"}, {"b": "1"}, {"b": "1"}, ops)
    assert rows(replace(made.passed(), ledger=(entry,)))[-1].ops == said

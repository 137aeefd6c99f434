"""Which backend trained a Keras 1 model: without consequence, by a golden file, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate import sources
from tfmigrate.errors import NotProved, NotSupported
from tfmigrate.judge import backends
from tfmigrate.judge.architecture import decide

FILES = Path(__file__).parents[1] / "fixtures/old_keras"


def described(case):
    return sources.describe(FILES / case / "model.h5")


def test_where_both_lead_to_the_same_model_nobody_has_to_say_it():
    assert decide(described("k122_lstm_cpu"), None).era == "keras-1"


def test_where_they_differ_it_is_refused_with_both_options_spelled_out():
    with pytest.raises(backends.UndecidedBackend) as caught:
        decide(described("k122th_conv2d_2x4_same_th"), None)
    said = " ".join(p.what for p in caught.value.problems)
    assert all(option in said for option in ("--backend theano", "--backend tensorflow"))
    assert "--golden" in said
    assert "suggest Theano" in caught.value.help


def test_what_the_user_says_counts():
    chosen = decide(described("k122th_conv2d_2x4_same_th"), None, "theano")
    assert chosen.writer.backend == "theano"


@pytest.mark.parametrize(("right", "other"), [("theano", "tensorflow"), ("tensorflow", "theano")])
def test_the_backend_that_holds_is_chosen_and_named(right, other):
    def trial(backend):
        if backend != right:
            raise NotSupported("no such model")
        return True

    chosen, why = backends.by_golden(trial, "model.h5")
    assert chosen == right
    assert f"trained on {right}" in why
    assert f"{other}: no such model" in why


def test_a_golden_file_that_fits_both_or_neither_decides_nothing():
    with pytest.raises(backends.UndecidedBackend, match="both backends"):
        backends.by_golden(lambda _: True, "model.h5")
    with pytest.raises(NotProved, match="neither"):
        backends.by_golden(lambda _: None, "model.h5")

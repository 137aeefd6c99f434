"""Which backend trained a Keras 1 model: without consequence, by a golden file, or refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tfmigrate import sources
from tfmigrate.errors import NotProved, NotSupported, UsageProblem
from tfmigrate.judge import backends
from tfmigrate.judge.architecture import decide
from tfmigrate.proof import Diagnosis, Divergence, OutputComparison, Parity
from tfmigrate.recipe import Recipe
from tfmigrate.results import Migration, Plan, Source, Writer
from tfmigrate.workers.client import WorkerBug

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


def of_two_backends(layer_class, **config):
    """Weights that Theano wrote, and the model.json that the same Keras wrote on TensorFlow."""
    shown = sources.describe(FILES / "k208th_conv_even_same_cf/model.h5")
    layers = [{"class_name": layer_class, "config": {"name": "x", **config}}]
    config = {"class_name": "Sequential", "config": layers}
    recipe = Recipe(tfmigrate=1, keras_config=config, keras_version="2.0.8", backend="tensorflow")
    return replace(shown, architecture=None, kind="keras-h5-weights"), recipe


def test_weights_of_theano_with_a_config_of_tensorflow_are_not_read_either_way():
    weights, recipe = of_two_backends("Conv2D", filters=3, kernel_size=[2, 4], padding="same")
    with pytest.raises(backends.UndecidedBackend, match="written on theano and the model") as e:
        decide(weights, recipe)
    said = " ".join(p.what for p in e.value.problems)
    assert "--backend theano" in said
    assert "--backend tensorflow" not in said  # the weights say that it is not so
    assert decide(weights, recipe, "theano").writer.backend == "theano"


def test_two_backends_without_consequence_are_no_obstacle():
    weights, recipe = of_two_backends("Activation", activation="relu")
    assert decide(replace(weights, tensors=()), recipe).engine == "keras2"


def test_keras_2_without_a_backend_is_not_taken_for_tensorflows():
    shown = sources.describe(FILES / "k208th_conv_even_same_cf/model.h5")
    with pytest.raises(backends.UndecidedBackend, match="does not say"):
        decide(replace(shown, writer=replace(shown.writer, backend="")), None)


@pytest.mark.parametrize(("right", "other"), [("theano", "tensorflow"), ("tensorflow", "theano")])
def test_the_backend_that_holds_is_chosen_and_named(right, other):
    def trial(backend):
        if backend != right:
            raise NotSupported("no such model")
        return True

    found = backends.by_golden(trial, "model.h5")
    assert (found.backend, found.held) == (right, True)
    assert f"trained on {right}" in found.why
    assert f"{other}: no such model" in found.why


def test_where_neither_holds_the_nearer_one_can_be_looked_into():
    def trial(backend):
        off = 0.5 if backend == "theano" else 0.25
        return Parity("recorded", "", (OutputComparison("probs", False, max_abs=off),))

    found = backends.by_golden(trial, "model.h5")
    assert (found.backend, found.held) == ("tensorflow", False)
    assert "agrees with neither" in found.why
    assert "theano: probs differs by up to 0.5" in found.why


def test_a_golden_file_that_fits_both_or_neither_decides_nothing():
    with pytest.raises(backends.UndecidedBackend, match="both backends"):
        backends.by_golden(lambda _: True, "model.h5")
    with pytest.raises(NotProved, match="neither"):
        backends.by_golden(lambda _: None, "model.h5")


def test_what_stops_both_trials_is_said_as_it_is():
    def trial(backend):
        raise UsageProblem("the golden file has no input x")

    with pytest.raises(UsageProblem, match="no input x"):
        backends.by_golden(trial, "model.h5")


def failed(level="recorded", version="1.2.2", name="Keras"):
    parity = Parity(level, "", (OutputComparison("probs", False, max_abs=0.5),))
    source = Source("m.h5", "keras-h5", "", writer=Writer(name, version))
    return Migration(source, "", "keras2", (), Plan(()), parity=parity)


def test_a_failure_that_the_other_backend_explains_says_so():
    held = Parity("recorded", "", (OutputComparison("probs", True),))
    found = backends.explained(failed(), "tensorflow", lambda backend: held)
    (cause,) = found.parity.divergence.diagnoses
    assert (cause.hazard, cause.apply, cause.before) == ("backend", "--backend theano", 0.5)
    assert "kernels turned around" in cause.what
    assert not found.parity


@pytest.mark.parametrize(
    ("done", "used"),
    [
        (failed(), ""),
        (failed("reader"), "theano"),
        (failed(version="2.8.0", name="tf.keras"), "tensorflow"),
    ],
)
def test_where_no_backend_was_said_or_no_answers_recorded_none_is_tried(done, used):
    def trial(backend):
        raise AssertionError("tried")

    assert backends.explained(done, used, trial) is done


def test_a_backend_that_does_not_hold_either_explains_nothing():
    done = failed()
    assert backends.explained(done, "theano", lambda backend: done.parity) is done


def test_a_backend_that_answers_nan_does_not_hold():
    nan = Parity("recorded", "", (OutputComparison("probs", False, why="values differ by NaN"),))
    with pytest.raises(NotProved, match="neither"):
        backends.by_golden(lambda backend: nan, "model.h5")
    done = failed()
    assert backends.explained(done, "tensorflow", lambda backend: nan) is done


@pytest.mark.parametrize(
    ("before", "certain"),
    [
        (None, False),  # nothing else was tried
        (Divergence("outputs", tried=12), True),
        (Divergence("outputs", tried=12, notes=("stopped after 60 s",)), False),
        (Divergence("outputs", tried=12, diagnoses=(Diagnosis("fc", "bias", "it", ""),)), False),
    ],
)
def test_the_other_backend_is_certain_where_nothing_else_explains_it(before, certain):
    held = Parity("recorded", "", (OutputComparison("probs", True),))
    done = failed()
    done = replace(done, parity=replace(done.parity, divergence=before))
    found = backends.explained(done, "tensorflow", lambda backend: held)
    assert found.parity.divergence.diagnoses[0].certain is certain


def test_a_trial_that_breaks_leaves_the_failure_as_it_is():
    def trial(backend):
        raise WorkerBug("Traceback\n  ...\nKeyError: 'x'")

    found = backends.explained(failed(), "tensorflow", trial)
    assert not found.parity
    assert found.parity.divergence.diagnoses == ()
    assert found.parity.divergence.notes == (
        "the backend theano could not be tried: KeyError: 'x'",
    )

"""Faults planted into a model in this process: what is caught, missed, silent, and not counted."""

from dataclasses import replace

import numpy as np
import pytest

from tfmigrate.engines.built import Built, Function
from tfmigrate.engines.changes import proposals
from tfmigrate.engines.changes.base import setting
from tfmigrate.engines.changes.faults import chosen, faults
from tfmigrate.engines.changes.moved import KIND
from tfmigrate.export.naming import named
from tfmigrate.parity.probes import make_probes
from tfmigrate.tensors import Hint, Signature, TensorSpec, Tolerance
from tfmigrate.workers.planting import Field
from tfmigrate.workers.rebuilding import Computed, Rebuilt, answer

ROWS = 40


@pytest.fixture(scope="module")
def rebuilt():
    """Ids into an embedding, and an image, with a bias of zeros; one output each."""
    keras = pytest.importorskip("tf_keras")
    from tfmigrate.engines import keras2

    layers = keras.layers
    ids = keras.Input((3,), dtype="int32", name="ids")
    x = keras.Input((4, 4, 2), name="x")
    words = layers.Dense(2, name="words")(layers.Embedding(ROWS, 3, name="e")(ids))
    image = layers.BatchNormalization(name="bn")(layers.Conv2D(2, 3, name="c")(x))
    image = layers.Dense(2, activation="softmax", name="image")(layers.Flatten()(image))
    model = keras.Model([ids, x], [words, image])
    random = np.random.default_rng(5)
    for variable in model.weights:
        variable.assign(random.uniform(0.2, 1.0, variable.shape).astype("float32"))
    made = keras2.built(model)
    made.variables["words/bias"].assign([0.0, 0.0])
    made.restored()
    public, names = named(made.signature, {}, {})
    return of(made, public, names)


def of(made, public, names):
    return Rebuilt(made, (Computed(Function(made.call, made.signature), public, names),))


def field(rebuilt, asked=None, **more):
    hints = {"ids": Hint(0, ROWS)}
    asked = asked or make_probes(rebuilt.functions[0].public.inputs, hints, 0)
    further = make_probes(rebuilt.functions[0].public.inputs, hints, 1, 10)
    expected = [answer(rebuilt.built.call, rebuilt.names, probe) for probe in asked]
    return Field(rebuilt, asked, expected, further, more.get("allowed", {}))


def outcomes(tried):
    """What became of every fault, by its kind and its layer; if weights are moved, the weight."""
    every = chosen(faults(tried.rebuilt.built, 0), 99)
    places = [c.reads[0] if c.kind == KIND else c.layer for c in every]
    found = {(c.kind, place): tried.plant(c) for c, place in zip(every, places, strict=True)}
    return {where: mutation and mutation.outcome for where, mutation in found.items()}


def blind(ids, x):
    shape = (2, 4, 4, 2)
    return [{"ids": np.asarray(ids, np.int32), "x": np.full(shape, x, np.float32)}]


def test_good_probes_notice_every_kind(rebuilt):
    found = outcomes(field(rebuilt))
    assert found.pop(("drop bias", "words")) is None, "zeros cannot be dropped"
    assert found.pop((KIND, "words/bias")) is None, "nor be moved"
    weights = {n for n in rebuilt.built.variables if n != "words/bias"}
    assert {place for kind, place in found if kind == KIND} == weights
    assert set(found.values()) == {"caught"}
    assert {kind for kind, _ in found} >= {
        "kernel flip", "kernel transpose", "drop bias", "epsilon", "embedding rows", "activation",
    }  # fmt: skip


def test_an_output_that_no_planted_fault_moves_is_known(rebuilt):
    tried = field(rebuilt)
    by_layer = {c.layer: c for c in chosen(faults(rebuilt.built, 0), 99)}
    tried.plant(by_layer["e"])
    assert tried.unmoved() == ["image"]
    assert tried.weightless(["image"]) == [], "weights move it"
    tried.plant(by_layer["c"])
    assert tried.unmoved() == []


def test_what_the_first_probe_shows_is_caught_though_others_do_not_show_it(rebuilt):
    """The others are asked too, as long as an output has shown nothing."""
    asked = [*field(rebuilt).asked[:1], *blind([[1, 2, 3], [4, 5, 6]], 0.0)]
    every = chosen(faults(rebuilt.built, 0), 99)
    (flip,) = (c for c in every if (c.kind, c.reads) == (KIND, ("c/kernel",)))
    assert field(rebuilt, asked).plant(flip).outcome == "caught"


def test_what_only_other_inputs_show_is_missed(rebuilt):
    found = outcomes(field(rebuilt, blind([[1, 2, 1], [2, 1, 1]], 0.0)))
    assert found["kernel flip", "c"] == "missed", "an image of zeros"
    assert found["kernel transpose", "c"] == "missed"
    assert found["drop bias", "c"] == "caught"


def test_rows_that_no_probe_looks_up_are_missed(rebuilt):
    """Ids of two rows, as a golden file may hold, that the fault leaves as they are."""
    every = chosen(faults(rebuilt.built, 0), 99)
    (shuffle,) = (c for c in every if c.kind == "embedding rows")
    table = rebuilt.built.variables["e/embeddings"].numpy()
    moved = (shuffle.weights({"e/embeddings": table})["e/embeddings"] != table).any(axis=1)
    one, other = np.flatnonzero(~moved)[:2]
    few = field(rebuilt, blind([[one, other, one], [other, one, one]], 1.0))
    mutation = few.plant(shuffle)
    assert (mutation.outcome, mutation.output) == ("missed", "words")
    assert mutation.max_abs > 1e-3
    assert field(rebuilt).plant(shuffle).outcome == "caught"


def test_with_a_tolerance_that_allows_everything_nothing_is_caught(rebuilt):
    wide = {s.name: Tolerance(0.0, 1e9) for s in rebuilt.functions[0].public.outputs}
    found = outcomes(field(rebuilt, allowed=wide))
    assert set(found.values()) == {"silent", None}


def test_a_fault_that_shows_nowhere_is_silent(rebuilt):
    every = chosen(faults(rebuilt.built, 0), 99)
    (epsilon,) = (c for c in every if c.kind == "epsilon")
    unnoticeable = replace(epsilon, config=setting(epsilon=1e-3 + 1e-9))
    mutation = field(rebuilt).plant(unnoticeable)
    assert mutation.outcome == "silent"
    assert mutation.max_abs < 1e-6


def test_what_the_model_cannot_be_is_not_counted_and_said(rebuilt):
    tried = field(rebuilt)
    (narrow,) = (
        c for c in proposals(rebuilt.built) if c.layer == "c" and c.what.startswith("pads")
    )
    assert tried.plant(narrow) is None, "the Flatten after it would be of another size"
    (said,) = tried.impossible
    assert said.startswith("padding in c: ")
    assert "does not answer" in said


def test_the_model_is_the_same_afterwards(rebuilt):
    held = {n: v.numpy().tobytes() for n, v in rebuilt.built.variables.items()}
    tried = field(rebuilt)
    outcomes(tried)
    assert {n: v.numpy().tobytes() for n, v in rebuilt.built.variables.items()} == held
    assert tried.disagrees() == ""


def test_a_model_that_answers_otherwise_is_no_field(rebuilt):
    tried = field(rebuilt)
    tried.expected[0]["words"] = tried.expected[0]["words"] + 1
    assert tried.disagrees().startswith("words: values differ")


@pytest.mark.parametrize(("apart", "by_layers", "atol"), [(1e-5, True, 4e-5), (1.0, False, 2e-5)])
def test_rounding_between_graph_and_layers_counts_as_nothing(apart, by_layers, atol):
    """Its answers outside a graph are off by so much: too much, and it is asked in graphs."""
    import tensorflow as tf

    def call(given):
        return {"y": given["x"] + (apart if tf.executing_eagerly() else 0.0)}

    side = (TensorSpec("x", (None, 2), "float32"),), (TensorSpec("y", (None, 2), "float32"),)
    made = Built(call, Signature("serving_default", *side), (), {})
    asked = make_probes(side[0], {}, 0)
    allowed = {"y": Tolerance(0.0, 2e-5)}
    public, names = named(made.signature, {}, {})
    tried = Field(of(made, public, names), asked, [{"y": p["x"]} for p in asked], asked, allowed)
    assert tried.disagrees() == ""
    assert tried._runs_by_layers is by_layers
    assert tried._rounding["y"].atol == pytest.approx(atol, rel=0.05)

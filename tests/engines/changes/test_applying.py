"""Changes made in real layers of both Kerases: they compute what a layer made so computes."""

import functools
import importlib
from dataclasses import replace

import numpy as np
import pytest

from tfmigrate.engines.changes import CannotChange, ChangesNothing, changed, proposals

ENGINES = {"tf_keras": "keras2", "keras": "keras3"}
IMAGE, SEQUENCE, IDS = (5, 5, 3), (4, 3), (4,)
# name -> class, arguments, those of the layer that is meant, the kind; and its input
CASES = {
    "epsilon": ("BatchNormalization", {}, {"epsilon": 1e-5}, "epsilon", IMAGE),
    "layer norm": ("LayerNormalization", {"epsilon": 1e-5},
                   {"epsilon": 1e-12}, "epsilon", SEQUENCE),
    "gate": ("LSTM", {"units": 2},
             {"recurrent_activation": "tanh"}, "recurrent activation", SEQUENCE),
    "reset": ("GRU", {"units": 2, "use_bias": False},
              {"reset_after": False}, "reset after", SEQUENCE),
    "padding": ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "same"},
                {"padding": "valid"}, "padding", IMAGE),
    "causal": ("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "same"},
               {"padding": "causal"}, "causal", SEQUENCE),
    "pooling": ("MaxPooling2D", {"padding": "same"}, {"padding": "valid"}, "padding", IMAGE),
    "activation": ("Dense", {"units": 2}, {"activation": "selu"}, "activation", SEQUENCE),
    "bias": ("Dense", {"units": 2}, {"use_bias": False}, "drop bias", SEQUENCE),
}  # fmt: skip


@pytest.fixture(params=ENGINES)
def keras(request):
    return pytest.importorskip(request.param)


def built(keras, layer, shape, dtype="float32"):
    """A model of one layer, its weights drawn."""
    given = keras.Input(shape, name="x", dtype=dtype)
    model = keras.Model(given, layer(given))
    return drawn(keras, model)


def drawn(keras, model):
    random = np.random.default_rng(7)
    for variable in model.weights:
        low = 0.3 if "var" in variable.name else -0.8
        variable.assign(random.uniform(low, 1.2, tuple(variable.shape)).astype("float32"))
    engine = importlib.import_module(f"tfmigrate.engines.{ENGINES[keras.__name__]}")
    made = engine.built(model)
    made.restored()
    return made


def answer(made, given):
    (found,) = made.call({"x": given}).values()
    return found.numpy()


def some(shape, dtype="float32"):
    import tensorflow as tf

    random = np.random.default_rng(1)
    if dtype == "int32":
        return tf.constant(random.integers(0, 5, (2, *shape)), tf.int32)
    return tf.constant(random.normal(size=(2, *shape)), tf.float32)


def bits(made):
    return {n: v.numpy().tobytes() for n, v in made.variables.items()}


@pytest.mark.parametrize("name", CASES)
def test_it_computes_what_a_layer_made_so_computes(name, keras):
    kind, first, other, hazard, shape = CASES[name]
    make = getattr(keras.layers, kind)
    has, meant = (built(keras, make(name="one", **a), shape) for a in (first, first | other))
    for variable, info in meant.variables.items():
        info.assign(has.variables[variable])
    given, want = some(shape), answer(meant, some(shape))
    before, held = answer(has, given), bits(has)
    assert before.shape != want.shape or np.abs(before - want).max() > 1e-6
    agree = []
    for change in (c for c in proposals(has) if c.kind == hazard):
        with changed(has, change):
            got = answer(has, given)
        if got.shape == want.shape and np.allclose(got, want, 1e-6, 1e-7):
            agree.append(change)
        assert np.array_equal(answer(has, given), before), "it must be undone"
    assert agree
    assert bits(has) == held
    ((key, value),) = other.items()
    said = str(value).lower()
    assert any(f"{key}: {said}" in c.apply for c in agree), [c.apply for c in agree]


def test_a_wrapped_layer_is_changed_inside(keras):
    layers = keras.layers
    inner = functools.partial(layers.LSTM, 2, return_sequences=True)
    has = built(keras, layers.Bidirectional(inner(), name="bi"), SEQUENCE)
    meant = built(
        keras, layers.Bidirectional(inner(recurrent_activation="tanh"), name="bi"), SEQUENCE
    )
    (change,) = (c for c in proposals(has) if "recurrent_activation tanh" in c.what)
    with changed(has, change):
        got = answer(has, some(SEQUENCE))
    np.testing.assert_allclose(got, answer(meant, some(SEQUENCE)), 1e-6)
    assert "layer: {layer: LSTM, with: {recurrent_activation: tanh}}" in change.apply


def test_whole_layers_and_their_halves_are_exchanged(keras):
    layers = keras.layers
    x = keras.Input(SEQUENCE, name="x")
    y = layers.Bidirectional(layers.GRU(2, return_sequences=True), name="bi")(x)
    y = layers.Dense(4, name="b")(layers.Dense(4, name="a")(y))
    made = drawn(keras, keras.Model(x, y))
    twins = {(c.layer, c.what): c for c in proposals(made) if c.kind == "twins"}
    assert ("a", "has the weights of b, and b its own") in twins
    assert any(layer == "bi" and "forward" in what for layer, what in twins)
    held, before = bits(made), answer(made, some(SEQUENCE))
    for change in twins.values():
        with changed(made, change):
            now = bits(made)
            assert now != held
            assert sorted(now.values()) == sorted(held.values())
            assert not np.array_equal(answer(made, some(SEQUENCE)), before)
    assert bits(made) == held


def test_constants_that_a_layer_computes_follow_its_weights(keras):
    made = built(keras, keras.layers.Normalization(name="n"), (3,))
    before = answer(made, some((3,)))
    (change,) = (c for c in proposals(made) if "for a standard deviation" in c.what)
    with changed(made, change):
        assert not np.array_equal(answer(made, some((3,))), before)
    assert np.array_equal(answer(made, some((3,))), before)


def test_rows_of_another_id_are_looked_up(keras):
    made = built(keras, keras.layers.Embedding(5, 2, name="e"), IDS, "int32")
    table = next(iter(made.variables.values())).numpy()
    given = some(IDS, "int32")
    after = next(c for c in proposals(made) if c.what.startswith("looks up the row after"))
    with changed(made, after):
        got = answer(made, given)
    want = np.concatenate([table[1:], np.zeros_like(table[:1])])[given.numpy()]
    np.testing.assert_array_equal(got, want)


def test_what_changes_no_weight_is_said_to(keras):
    made = built(keras, keras.layers.Dense(2, name="d"), SEQUENCE)
    made.variables["d/bias"].assign([0.0, 0.0])
    change = next(c for c in proposals(made) if c.kind == "drop bias")
    with pytest.raises(ChangesNothing), changed(made, change):
        pass


def test_a_layer_that_cannot_be_so_is_left_as_it_is(keras):
    made = built(keras, keras.layers.GRU(2, name="g"), SEQUENCE)
    (change,) = (c for c in proposals(made) if c.kind == "reset after")
    before = answer(made, some(SEQUENCE))
    with pytest.raises(CannotChange, match="do not fit"), changed(made, replace(change, fit=None)):
        pass
    assert np.array_equal(answer(made, some(SEQUENCE)), before)


def test_it_is_undone_where_the_model_fails_with_it(keras):
    made = built(keras, keras.layers.Dense(2, name="d"), SEQUENCE)
    held = bits(made)
    change = next(c for c in proposals(made) if c.kind == "drop bias")
    with pytest.raises(RuntimeError), changed(made, change):
        raise RuntimeError
    assert bits(made) == held


def test_expressions_of_activations_compute_the_same():
    from tfmigrate.engines.changes.activations import _OF_2, _SPELT
    from tfmigrate.engines.changes.functions import table
    from tfmigrate.expressions import Dialect, evaluate, parse

    x = some((40,)) * 4
    spelt = {name: name for name in table() if not name.isidentifier()} | {_OF_2: _SPELT}
    assert len(spelt) > 5
    for name, text in spelt.items():
        found = evaluate(parse(text), {"x": x}, Dialect())
        np.testing.assert_allclose(
            found.numpy(), table()[name](x).numpy(), 1e-5, 1e-6, err_msg=text
        )

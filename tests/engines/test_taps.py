import numpy as np
import pytest

from tfmigrate.engines.taps import answering, tapped
from tfmigrate.engines.walk import layers_of, table


@pytest.fixture(params=["tf_keras", "keras"])
def keras(request):
    return pytest.importorskip(request.param)


@pytest.fixture
def model(keras):
    x = keras.Input((4,), name="x")
    shared = keras.layers.Dense(4, name="shared")
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="in")], name="inner")
    y = shared(shared(x))
    total = keras.layers.Add(name="add")([inner(y), inner(x)])
    return keras.Model(x, total, name="m")


def run(model):
    import tensorflow as tf

    given = {"x": tf.constant(np.eye(4, dtype="float32"))}
    return tapped(model, lambda: {"add": model(given["x"], training=False)}, given)


def test_every_call_is_seen_with_what_feeds_it(model):
    found = run(model)
    assert {t.name for t in found.taps} == {
        "shared", "shared#2", "inner/in", "inner/in#2", "add",
    }  # fmt: skip
    by_name = {t.name: t for t in found.taps}
    assert by_name["shared#2"].inputs == ("shared",)
    assert by_name["add"].inputs == ("inner/in", "inner/in#2")
    assert {by_name["inner/in"].inputs, by_name["inner/in#2"].inputs} == {("shared#2",), ("x",)}
    assert found.ends == {"add": "add"}
    assert np.array_equal(found.answers["add"], by_name["add"].values[0])


def test_the_model_is_as_it_was_afterwards(model):
    before = {name: "call" in vars(layer) for name, layer in layers_of(model)}
    first, second = run(model), run(model)
    assert {name: "call" in vars(layer) for name, layer in layers_of(model)} == before
    assert np.array_equal(first.answers["add"], second.answers["add"])


def test_a_layer_can_be_made_to_answer_something_else(model):
    import tensorflow as tf

    layer = dict(layers_of(model))["add"]
    with answering(layer, lambda *args, **kwargs: tf.zeros((4, 3))):
        assert not run(model).answers["add"].any()
    assert run(model).answers["add"].any()


def test_the_table_names_each_layer_once(model):
    rows = {row.name: row for row in table(model)}
    assert list(rows) == ["shared", "inner/in", "add"]
    assert rows["shared"].parameters == 20
    assert rows["shared"].inputs == ("x",)
    assert rows["add"].shape == (None, 3)
    assert rows["inner/in"].class_name == "Dense"

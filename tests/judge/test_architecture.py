"""What is rebuilt, by which engine, and what is refused before anything is built."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tfmigrate.errors import RecipeProblem, UnsafeContent, UsageProblem
from tfmigrate.judge import architecture
from tfmigrate.results import Hazard, Source, Writer


def source(layers, version="2.2.4", hazards=()) -> Source:
    config = {"class_name": "Model", "config": {"name": "m", "layers": layers}}
    writer = Writer("Keras", version, "tensorflow")
    return Source("m.h5", "keras-h5", "", architecture=config, writer=writer, hazards=hazards)


def layer(class_name: str, **config):
    return {"class_name": class_name, "config": {"name": "x", **config}}


@pytest.mark.parametrize(("version", "engine"), [("2.0.5", "keras2"), ("3.8.0", "keras3")])
def test_the_writer_decides_the_engine(version, engine):
    assert architecture.decide(source([layer("Dense")], version), None).engine == engine


def test_a_stateful_layer_is_told_of():
    chosen = architecture.decide(source([layer("LSTM", stateful=True)]), None)
    assert "forget_state" in chosen.misread
    assert "each request" in chosen.notes[0]


def test_hazards_are_all_named_and_the_worst_decides():
    found = (Hazard("a", "one", "l1", 3), Hazard("b", "two", "l2", 5), Hazard("c", "mere", "l3"))
    with pytest.raises(UnsafeContent) as raised:
        architecture.refuse(found, "model.h5")
    assert [p.where for p in raised.value.problems] == ["l1", "l2"]


def test_weights_alone_ask_for_an_architecture():
    with pytest.raises(RecipeProblem, match="weights only"):
        architecture.decide(Source("w.h5", "keras-h5-weights", ""), None)


def test_a_backend_that_contradicts_the_file_is_refused():
    with pytest.raises(UsageProblem, match="contradicts"):
        architecture.decide(source([layer("Dense")]), None, "theano")
    assert architecture.decide(source([layer("Dense")]), None, "tensorflow").engine == "keras2"


def test_what_never_ran_on_theano_is_not_read_as_theanos():
    made = source([layer("Conv2D")], "3.8.0")
    with pytest.raises(UsageProblem, match=r"Keras 3\.8\.0 never ran on Theano"):
        architecture.decide(replace(made, writer=Writer("Keras", "3.8.0")), None, "theano")


def test_a_backend_beside_a_recipe_s_own_layers_is_said_to_change_nothing(tmp_path):
    from tfmigrate.recipe import load_recipe

    path = tmp_path / "r.yaml"
    path.write_text(
        "tfmigrate: 1\narchitecture: {inputs: {x: {shape: [null, 2]}}, layers: [{layer: ReLU}]}\n"
    )
    source = Source(path="w.h5", kind="keras-h5-weights", title="weights")
    for backend, count in (("theano", 1), ("tensorflow", 0), (None, 0)):
        notes = architecture.decide(source, load_recipe(str(path)), backend).notes
        assert sum("--backend theano changes nothing" in note for note in notes) == count

from dataclasses import replace

import pytest

from tfmigrate.drafting.from_graph import Graph, recipe
from tfmigrate.results import Hazard
from tfmigrate.sources.graph_ops import Outline
from tfmigrate.tensors import TensorSpec


def test_the_graph_beside_a_checkpoint_is_its_architecture(drafted):
    made, found = drafted("tf1_names_ckpt/model.ckpt-10")
    assert made.basis == "graph"
    architecture = found.architecture
    assert architecture.graph == "source"
    assert {n: i.tensor for n, i in architecture.inputs.items()} == {"images": "images:0"}
    assert architecture.outputs["probabilities"] == "probabilities:0"
    assert architecture.feeds == {"is_training:0": False}
    assert '    # labels: "labels:0"  # guessed: a label, by its name' in made.text


def _graph(inputs, answers=(), outputs=(), fed=(), hazards=()):
    specs = tuple(TensorSpec(n, (None, 3), d) for n, d in inputs.items())
    return Graph(Outline(specs, tuple(outputs), (), 9, tuple(hazards), ()), fed, tuple(answers))


@pytest.mark.parametrize(
    ("name", "dtype", "value"),
    [("is_training", "bool", "false"), ("keep_prob", "float32", "1.0"),
     ("dropout_rate", "float32", "0.0")],
)  # fmt: skip
def test_training_is_fed_off(name, dtype, value):
    switch = Hazard("training-placeholder", "...", where=name)
    text, _ = recipe("m", _graph({"x": "float32", name: dtype}, ["probs"], hazards=[switch]))
    assert f'    "{name}:0": {value}  # guessed' in text
    assert "  inputs:\n    x:" in text


def test_a_pipeline_is_cut_where_it_hands_over():
    text, _ = recipe("m", _graph({}, ["probs"], fed=("IteratorGetNext",)))
    assert '    x: "IteratorGetNext:0"  # guessed: cut' in text


def test_what_loops_leave_over_is_a_comment():
    text, _ = recipe(
        "m", _graph({"x": "float32"}, ["rnn/while/Exit_2", "rnn/zeros", "out/BiasAdd"])
    )
    assert '    out: "out/BiasAdd:0"' in text
    assert '    # Exit_2: "rnn/while/Exit_2:0"' in text


def test_a_graph_of_training_without_a_switch_is_taken_as_one_of_inference():
    trained = replace(_graph({"x": "float32"}, ["probs"]), trains=True)
    assert "  training: false\n" in recipe("m", trained)[0]
    switch = Hazard("training-placeholder", "...", where="is_training")
    fed = _graph({"x": "float32", "is_training": "bool"}, ["probs"], hazards=[switch])
    assert "training: false" not in recipe("m", replace(fed, trains=True))[0]


def test_what_is_inside_a_loop_is_no_answer():
    text, _ = recipe("m", _graph({"x": "float32"}, ["rnn/while/Identity_6", "output"]))
    assert '    # while: "rnn/while/Identity_6:0"' in text
    assert '    output: "output:0"' in text


def test_averages_beside_a_graph_are_preferred():
    from tfmigrate.drafting.as_yaml import with_averages

    text = with_averages(recipe("m", _graph({"x": "float32"}, ["probs"]))[0], 4)
    assert "weights:\n  averages: prefer  # sure: 4 averages" in text


def test_two_answers_of_one_name_keep_their_scopes():
    text, _ = recipe("m", _graph({"x": "float32"}, ["a/probs", "b/probs"]))
    assert '    a_probs: "a/probs:0"' in text
    assert '    b_probs: "b/probs:0"' in text


def test_an_op_that_is_hard_is_said_first():
    hazard = Hazard("contrib-op", "Resampler is an op of tf.contrib", where="warp")
    text, said = recipe("m", _graph({"x": "float32"}, ["y"], hazards=[hazard]))
    assert "# hard: warp: Resampler" in text
    assert any("Resampler" in line for line in said)

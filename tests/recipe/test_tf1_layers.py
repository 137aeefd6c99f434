"""TF1's cells in a recipe: they are known without TensorFlow, and not taken for Keras's."""

from __future__ import annotations

import inspect

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import fill_defaults, load_recipe, tf1_layers

HEAD = """\
tfmigrate: 1
name: cells
architecture:
  semantics: SEMANTICS
  inputs: {x: {shape: [null, 6, 4]}, n: {shape: [null], dtype: int32}}
  layers:
"""
LENGTHS = "{inputs: x, sequence_length: n}"


@pytest.fixture
def problems(tmp_path):
    """What is wrong with a recipe of these entries."""

    def read(*entries: str, semantics: str = "tf1-layers") -> list[str]:
        lines = "".join(f"    - {entry}\n" for entry in entries)
        path = tmp_path / "cells.yaml"
        path.write_text(HEAD.replace("SEMANTICS", semantics) + lines)
        try:
            fill_defaults(load_recipe(str(path)))
        except RecipeProblem as error:
            found = [(p.what, " (", ", ".join(p.nearest), ")") for p in error.problems]
            return ["".join(parts) for parts in found]
        return []

    return read


def rnn(cell: str, source: str = "x") -> str:
    return f"{{name: rnn, layer: tf1.dynamic_rnn, with: {{cell: {cell}}}, from: {source}}}"


@pytest.mark.parametrize("semantics", ["tf1-layers", "slim", "tf.keras-1.15", "tf.keras-2.4"])
def test_they_are_known_wherever_tensorflow_1_may_be_meant(problems, semantics):
    cell = "{layer: tf1.LSTMCell, with: {num_units: 3, num_proj: 2, activation: relu}}"
    assert problems(rnn(cell, LENGTHS), semantics=semantics) == []


def test_not_in_keras_3(problems):
    found = problems(rnn("{layer: tf1.GRUCell, with: {num_units: 3}}"), semantics="keras-3")
    assert "only Keras 2 has the layer tf1.dynamic_rnn ()" in found


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            rnn("{layer: LSTMCell, with: {units: 3}}"),
            "tf1.dynamic_rnn takes parts of TF1 here, LSTMCell is none (tf1.LSTMCell)",
        ),
        (
            "{layer: RNN, with: {cell: {layer: tf1.GRUCell, with: {num_units: 3}}}}",
            "RNN runs Keras's cells, tf1.GRUCell is one of TF1: it stands in tf1.dynamic_rnn ()",
        ),
        (
            rnn("{layer: tf1.MultiRNNCell, with: {cells: [{layer: GRUCell, with: {units: 2}}]}}"),
            "tf1.MultiRNNCell takes parts of TF1 here, GRUCell is none (tf1.GRUCell)",
        ),
        (
            "{layer: tf1.LSTMCell, with: {num_units: 3}}",
            "tf1.LSTMCell is a part: it stands inside a layer such as tf1.dynamic_rnn ()",
        ),
        (
            rnn("{layer: tf1.LSTMCell, with: {num_units: 3, use_peephole: true}}"),
            "tf1.LSTMCell has no argument use_peephole (use_peepholes)",
        ),
        (rnn("{layer: tf1.NASCell}"), "tf1.NASCell needs the argument num_units ()"),
        (
            rnn("{layer: tf1.NASCell, with: {num_units: 2}}", "{inputs: x, lengths: n}"),
            "tf1.dynamic_rnn is not called with lengths ()",
        ),
        (
            rnn("{layer: tf1.LSTMBlockCell, with: {num_units: 2}}"),
            "tf1.LSTMBlockCell needs cell_clip: tf1-layers has no one default for it ()",
        ),
    ],
)
def test_what_does_not_fit_is_told(problems, entry, expected):
    assert expected in problems(entry)


def test_a_misspelt_cell_is_told_once(problems):
    found = problems(rnn("{layer: tf1.LSTMCel, with: {num_units: 3}}", LENGTHS))
    assert len(found) == 1
    assert found[0].startswith("there is no layer tf1.LSTMCel (tf1.LSTMCell")


def test_layers_without_a_name_are_called_as_in_tf1(tmp_path):
    entry = rnn("{layer: tf1.GRUCell, with: {num_units: 3}}", LENGTHS).replace("name: rnn, ", "")
    path = tmp_path / "cells.yaml"
    path.write_text(HEAD.replace("SEMANTICS", "slim") + f"    - {entry}\n")
    assert [layer.name for layer in load_recipe(str(path)).architecture.layers] == ["rnn"]


def test_the_classes_take_what_the_table_says():
    from tfmigrate.engines.tf1_cells import classes

    table, made = tf1_layers.table(), classes()
    assert table.keys() == made.keys()
    for name, arguments in table.items():
        taken = {
            p.name
            for base in made[name].__mro__
            if base.__module__.startswith("tfmigrate") and "__init__" in vars(base)
            for p in inspect.signature(base.__init__).parameters.values()
        } | {"use_peepholes", "cell_clip", "num_proj", "proj_clip", "state_is_tuple"}
        assert {*arguments["required"], *arguments["optional"]} <= taken, name
        called = list(inspect.signature(made[name].call).parameters)[1:]
        assert not arguments["call"] or list(arguments["call"]) == called, name

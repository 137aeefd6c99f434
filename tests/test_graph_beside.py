"""The graph beside a checkpoint as the reference of a recipe that declares the layers itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.options import Options
from tfmigrate.pipeline import migrate


@pytest.fixture
def folder(fixtures, tmp_path) -> Path:
    return Path(shutil.copytree(fixtures / "graphs" / "queue_train", tmp_path / "case"))


def done(folder: Path, crew, *changes: tuple[str, str]):
    recipe = folder / "layers.yaml"
    for old, new in changes:
        text = recipe.read_text()
        assert old in text
        recipe.write_text(text.replace(old, new))
    asked = Options(recipe=str(recipe))
    return migrate("ckpt-to-savedmodel", folder / "model.ckpt", folder / "out", asked, crew=crew)


def test_it_becomes_the_reference_by_itself(folder, crew):
    parity = done(folder, crew).parity
    assert parity
    assert parity.level == "graph"
    (note,) = parity.notes
    assert "phase_train:0 = false, keep_prob:0 = 1.0, by what these are called" in note


def test_a_recipe_that_computes_something_else_is_found_out(folder, crew):
    result = done(folder, crew, ("epsilon: 0.001", "epsilon: 0.1"))
    assert not result.parity
    assert result.parity.level == "graph"
    assert result.output == ""
    found = result.parity.divergence
    assert found.first == ("norm",)
    assert "compared with what the reference computed" in found.how
    assert found.layers[0].paired == "conv/Conv2D"
    assert [d.apply for d in found.diagnoses] == [
        "- {name: norm, layer: BatchNormalization, with: {scale: false, momentum: 0.999, "
        "epsilon: 0.001}, from: conv}"
    ]


def test_other_names_are_said_in_the_recipe(folder, crew):
    changes = [("{probs: probs}", "{answer: probs}"), ("images:", "pictures:")]
    result = done(folder, crew, *changes)
    assert result.parity.level == "rebuilt"
    (note,) = result.parity.notes
    assert "the graph has no tensor pictures:0" in note
    assert "parity: {graph:" in note
    shutil.rmtree(folder / "out")
    said = 'parity: {graph: {inputs: {pictures: "images:0"}, outputs: {answer: "probs:0"}}}\n'
    result = done(folder, crew, ("weights:\n", f"{said}weights:\n"))
    assert result.parity
    assert result.parity.level == "graph"


def test_what_the_recipe_says_about_the_graph_has_to_be_right(folder, crew):
    said = 'parity: {graph: {inputs: {image: "images:0"}, feeds: {"keep:0": 1.0}}}\nweights:\n'
    with pytest.raises(RecipeProblem) as caught:
        done(folder, crew, ("weights:\n", said))
    assert [p.what for p in caught.value.problems] == [
        "the recipe has no input image", "the graph has no tensor keep:0",
    ]  # fmt: skip
    assert caught.value.problems[0].nearest == ("images",)


def test_the_graph_of_training_is_no_reference(folder, crew):
    said = 'parity: {graph: {feeds: {"phase_train:0": true, "keep_prob:0": 1.0}}}\nweights:\n'
    with pytest.raises(RecipeProblem, match="built for training"):
        done(folder, crew, ("weights:\n", said))


def test_a_graph_that_uses_other_tensors_is_no_reference(folder, crew):
    said = 'parity: {graph: {outputs: {probs: "conv/Relu:0"}}}\nweights:\n'
    result = done(folder, crew, ("weights:\n", said))
    assert result.parity.level == "rebuilt"
    assert "do not depend on logits/biases" in result.parity.notes[0]

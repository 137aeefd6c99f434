"""What the recipe language says in more than one way, against what the original recorded."""

from __future__ import annotations

import pytest

from tfmigrate import pipeline
from tfmigrate.errors import NotSupported, RecipeProblem
from tfmigrate.pipeline import Options

TIED = """tfmigrate: 1
architecture:
  semantics: tf.keras-2.3
  inputs: {ids: {shape: [null, null], dtype: int32}}
  layers:
    - {name: words, variable: {shape: [12, 5]}}
    - {name: hot, compute: "one_hot(ids, 12) @ words"}
    - {name: rnn, layer: LSTM, with: {units: 5}, from: hot}
    - {name: bias, variable: {shape: [12]}}
    - {name: logits, compute: x @ transpose(words) + bias}
weights:
  rules: [{from: words/embeddings, to: words}]
"""


def migrated(fixtures, tmp_path, crew, text: str, case: str = "tied"):
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    folder = fixtures / "language" / case
    asked = Options(recipe=str(path), golden=folder / "golden.npz", require_evidence="recorded")
    return pipeline.migrate("ckpt-to-savedmodel", folder, tmp_path / "out", asked, crew=crew)


def test_an_expression_may_want_whole_numbers_of_a_free_length(fixtures, tmp_path, crew):
    done = migrated(fixtures, tmp_path, crew, TIED)
    assert done.parity
    assert len({shapes["ids"] for shapes in done.parity.probes}) >= 1


def test_a_shared_variable_that_is_not_there(fixtures, tmp_path, crew):
    text = TIED.replace("x @ transpose(words) + bias}", "x @ transpose(t), weights: {t: rnn/no}}")
    text = text.replace("    - {name: bias, variable: {shape: [12]}}\n", "")
    with pytest.raises(RecipeProblem, match="names no variable") as caught:
        migrated(fixtures, tmp_path, crew, text)
    assert "rnn/recurrent_kernel" in caught.value.problems[0].help


def test_an_expression_that_does_not_fit_names_its_entry(fixtures, tmp_path, crew):
    with pytest.raises(RecipeProblem) as caught:
        migrated(fixtures, tmp_path, crew, TIED.replace("x @ transpose(words)", "x @ words"))
    (problem,) = caught.value.problems
    assert problem.what.startswith("logits: the expression does not fit: @: Dimensions must be")
    assert (problem.where, problem.line) == (str(tmp_path / "recipe.yaml"), 10)
    assert problem.found.startswith("x = rnn (None, 5) float32")


def test_probes_stay_inside_a_table_that_an_expression_looks_up(fixtures, tmp_path, crew):
    text = TIED.replace("one_hot(ids, 12) @ words", "gather(words, cast(ids, 'int32'))")
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    source = fixtures / "language" / "tied"
    asked = Options(recipe=str(path))
    done = pipeline.migrate("ckpt-to-savedmodel", source, tmp_path / "out", asked, crew=crew)
    assert done.parity  # no golden file: the ids are drawn, and 12 is out of the table


def test_values_that_the_model_does_not_take_are_told_with_a_way_out(fixtures, tmp_path, crew):
    text = TIED.replace("one_hot(ids, 12) @ words", "gather(words, ids * 2)")
    path = tmp_path / "recipe.yaml"
    path.write_text(text + "parity: {inputs: {ids: {low: 8, high: 12}}}\n")
    source = fixtures / "language" / "tied"
    asked = Options(recipe=str(path))
    with pytest.raises(NotSupported, match="does not answer the values") as caught:
        pipeline.migrate("ckpt-to-savedmodel", source, tmp_path / "out", asked, crew=crew)
    assert "parity: {inputs:" in caught.value.help

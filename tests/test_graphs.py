"""Graphs of TF1 from checkpoint and ``.meta`` to a SavedModel, files of TensorFlow 1.4 and 1.15."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tfmigrate.errors import MappingProblem, NotSupported, RecipeProblem
from tfmigrate.options import Options
from tfmigrate.pipeline import migrate
from tfmigrate.sources import protos

CASES = (
    "channels_first",
    "functional",
    "fused",
    "iterator",
    "partitioned",
    "queue_train",
    "rnn",
    "table",
)
COMMAND = "ckpt-to-savedmodel"


def done(folder: Path, output: Path, crew, recipe: Path | None = None, **more):
    asked = Options(recipe=str(recipe or folder / "recipe.yaml"), **more)
    return migrate(COMMAND, folder / "model.ckpt", output, asked, crew=crew)


@pytest.fixture(params=CASES)
def case(request, fixtures) -> Path:
    return fixtures / "graphs" / request.param


def test_the_graph_itself_is_the_reference(case, tmp_path, crew):
    result = done(case, tmp_path / "out", crew)
    assert result.parity
    assert result.parity.level == "graph"
    assert result.parity.checks == {"repeatable": True, "batch-independent": True}


def test_the_export_answers_what_the_original_runtime_answered(case, tmp_path, crew):
    result = done(case, tmp_path / "out", crew, golden=case / "golden.npz")
    assert result.parity
    assert result.parity.level == "recorded"


@pytest.fixture
def queue_train(fixtures, tmp_path) -> Path:
    return Path(shutil.copytree(fixtures / "graphs" / "queue_train", tmp_path / "queue_train"))


def test_variables_are_real_and_have_their_names(queue_train, tmp_path, crew):
    result = done(queue_train, tmp_path / "out", crew)
    restored = {name for entry in result.ledger for name in entry.targets}
    assert restored == {
        "conv/weights", "conv/BatchNorm/beta", "conv/BatchNorm/moving_mean",
        "conv/BatchNorm/moving_variance", "logits/weights", "logits/biases",
    }  # fmt: skip
    assert str(queue_train / "model.ckpt.meta") in result.hashes


def test_parts_of_a_variable_are_split_from_the_whole(fixtures, tmp_path, crew):
    result = done(fixtures / "graphs" / "partitioned", tmp_path / "out", crew)
    (entry,) = (e for e in result.ledger if e.status == "restored")
    assert list(entry.targets) == ["table/part_0", "table/part_1", "table/part_2"]
    assert entry.ops == ({"split": {"axis": 0, "sizes": [4, 3, 3]}},)
    assert [i.name for i in result.plan.ignored] == ["unused"]
    assert "not needed for the outputs" in result.plan.ignored[0].because


def test_what_is_unneeded_while_training_is_not_left_out_in_silence(queue_train, tmp_path, crew):
    text = (queue_train / "recipe.yaml").read_text().replace("false", "true")
    (queue_train / "recipe.yaml").write_text(text)
    with pytest.raises(RecipeProblem) as caught:
        done(queue_train, tmp_path / "out", crew)
    (problem,) = caught.value.problems
    assert "built for training" in problem.what
    assert "conv/BatchNorm/moving_mean and 1 more" in problem.what
    ignore = "weights: {ignore: [{names: [conv/BatchNorm/moving_mean,"
    ignore += " conv/BatchNorm/moving_variance], because: meant so}]}\n"
    (queue_train / "recipe.yaml").write_text(text + ignore)
    result = done(queue_train, tmp_path / "out", crew)
    assert result.parity.level == "graph"
    assert any("not run: conv/BatchNorm/cond_1/AssignMovingAvg" in note for note in result.notes)


def test_a_checkpoint_that_lacks_a_variable_says_which(queue_train, tmp_path, crew):
    other = queue_train.parent / "other"
    shutil.copytree(queue_train.parent / "queue_train", other)
    for name in ("model.ckpt.index", "model.ckpt.data-00000-of-00001"):
        shutil.copy(Path(__file__).parent / "fixtures" / "graphs" / "rnn" / name, other / name)
    with pytest.raises(MappingProblem) as caught:
        done(other, tmp_path / "out", crew)
    said = str(caught.value)
    assert "conv/weights" in said
    assert "rnn/lstm_cell/kernel" in said


def test_a_batch_that_the_graph_was_not_built_for_is_a_sentence(queue_train, tmp_path, crew):
    path = queue_train / "model.ckpt.meta"
    meta = protos.parse("MetaGraph", path.read_bytes(), "meta")
    for node in meta.graph_def.node:  # TensorFlow wrote shapes beside the nodes; not all files do
        kept = [a for a in node.attr if a.key != "_output_shapes"]
        del node.attr[:]
        node.attr.extend(kept)
    path.write_bytes(meta.SerializeToString())
    text = (queue_train / "recipe.yaml").read_text()
    cut = '{tensor: "Flatten/flatten/Reshape:0", shape: [null, 50], dtype: float32}'
    (queue_train / "recipe.yaml").write_text(text.replace('"images:0"', cut))
    with pytest.raises(NotSupported, match="TensorFlow does not take the graph"):
        done(queue_train, tmp_path / "out", crew)


@pytest.mark.parametrize("case", ["trained", "trained_14"])
def test_a_graph_of_training_is_taken_as_one_of_inference_where_the_recipe_says_so(
    fixtures, tmp_path, crew, case
):
    folder = fixtures / "graphs" / case
    result = done(folder, tmp_path / "out", crew, golden=folder / "golden.npz")
    assert result.parity
    assert any("built for training" in note for note in result.notes)
    again = done(folder, tmp_path / "again", crew)
    assert (again.parity.level, bool(again.parity)) == ("rebuilt", True)
    assert "the source's own graph trains" in again.parity.notes[0]


def test_without_that_word_a_graph_of_training_is_refused(fixtures, tmp_path, crew):
    folder = fixtures / "graphs" / "trained"
    text = (folder / "recipe.yaml").read_text().replace("  training: false\n", "")
    (tmp_path / "recipe.yaml").write_text(text)
    with pytest.raises(RecipeProblem) as caught:
        done(folder, tmp_path / "out", crew, tmp_path / "recipe.yaml")
    assert "net/fused/moving_mean and 3 more" in caught.value.problems[0].what
    assert "`training: false`" in caught.value.problems[0].help


@pytest.mark.parametrize("case", ["rnn", "table"])
def test_the_same_input_gives_the_same_bytes(fixtures, tmp_path, crew, case):
    folder = fixtures / "graphs" / case
    for name in ("one", "other"):
        done(folder, tmp_path / name, crew)
    for path in ("saved_model.pb", "fingerprint.pb", "variables/variables.index"):
        one, other = (tmp_path / name / path for name in ("one", "other"))
        assert one.read_bytes() == other.read_bytes(), path


def test_the_witness_is_asked_by_the_names_and_types_that_callers_use(queue_train, tmp_path, crew):
    signature = "signatures: {serving_default: {inputs: {images: {dtype: float64}},"
    signature += " outputs: {answer: probs}}}\n"
    with (queue_train / "recipe.yaml").open("a") as file:
        file.write(signature)
    result = done(queue_train, tmp_path / "out", crew, rename_inputs={"images": "pictures"})
    assert (result.parity.level, bool(result.parity)) == ("graph", True)
    (served,) = result.signatures
    assert [(s.name, s.dtype) for s in served.inputs] == [("pictures", "float64")]
    assert [s.name for s in served.outputs] == ["answer"]

"""What a recipe says about a graph, checked before TensorFlow is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tfmigrate import sources
from tfmigrate.errors import Damaged, NotSupported, RecipeProblem, UnsafeContent
from tfmigrate.judge import graphs
from tfmigrate.recipe import load_recipe

HEAD = "tfmigrate: 1\narchitecture:\n  graph: {graph}\n"


def of(folder: Path, text: str, graph: str = "source"):
    (folder / "recipe.yaml").write_text(HEAD.format(graph=graph) + text)
    source = sources.describe(folder / "model.ckpt")
    return graphs.of_recipe(load_recipe(str(folder / "recipe.yaml")), source)


@pytest.fixture
def train(fixtures, tmp_path) -> Path:
    return Path(shutil.copytree(fixtures / "graphs" / "queue_train", tmp_path / "case"))


@pytest.fixture
def small(fixtures, tmp_path, node):
    """A checkpoint beside a graph of our own, as text."""
    folder = Path(shutil.copytree(fixtures / "graphs" / "table", tmp_path / "case"))
    (folder / "model.ckpt.meta").unlink()

    def made(*texts: str) -> Path:
        (folder / "graph.pbtxt").write_text("".join(texts))
        return folder

    return made


PLACEHOLDER = (
    'attr {key: "dtype" value {type: DT_FLOAT}}'
    ' attr {key: "shape" value {shape {dim {size: -1} dim {size: 3}}}}'
)
ASKED = '  inputs: {x: "x:0"}\n  outputs: {y: "y:0"}\n'


def test_types_and_shapes_come_from_the_graph(train):
    found = of(train, '  inputs: {i: "images:0"}\n  outputs: {p: "probs:0"}\n'
                      '  feeds: {"phase_train:0": false, "keep_prob:0": 1}\n')  # fmt: skip
    assert found.asked.inputs["i"].shape == (None, 6, 6, 2)
    assert found.asked.inputs["i"].dtype == "float32"
    assert [f.dtype for f in found.asked.feeds] == ["bool", "float32"]
    assert "conv/weights" in found.needed
    assert "global_step" in found.known


def test_all_mistakes_are_told_at_once_with_their_lines(train):
    with pytest.raises(RecipeProblem) as caught:
        of(train, '  inputs:\n    i: "imagse:0"\n    j: {tensor: "images:0", dtype: int32}\n'
                  '    k: {tensor: "labels:0", shape: [7, 7]}\n    l: "^x"\n'
                  '  outputs: {p: "prob:0"}\n'
                  '  feeds: {"phase_train:0": 0.5, "keep_prob:0": "no"}\n')  # fmt: skip
    found = [(p.line, p.what, p.nearest) for p in caught.value.problems]
    assert [line for line, _, _ in found] == [5, 6, 7, 8, 9, 10, 10]
    assert found[0][1:] == ("the graph has no tensor imagse:0", ("images:0",))
    assert "float32 in the graph, not int32" in found[1][1]
    assert "the shape [null] in the graph" in found[2][1]
    assert "no tensor's name" in found[3][1]
    assert found[4][2][0] == "probs:0"
    assert "0.5 is no bool" in found[5][1]


def test_placeholders_that_nobody_feeds_are_named(train):
    with pytest.raises(RecipeProblem) as caught:
        of(train, '  inputs: {i: "images:0"}\n  outputs: {p: "probs:0"}\n')
    what = [p.what for p in caught.value.problems]
    assert any("phase_train:0" in w for w in what)
    assert any("keep_prob:0" in w for w in what)


def test_an_input_that_no_output_needs_is_a_mistake(train):
    with pytest.raises(RecipeProblem, match="no output depends on this input"):
        of(train, '  inputs: {i: "images:0", l: "labels:0"}\n  outputs: {p: "probs:0"}\n'
                  '  feeds: {"phase_train:0": false, "keep_prob:0": 1.0}\n')  # fmt: skip


def test_an_output_in_a_branch_that_is_not_taken_is_a_mistake(train):
    with pytest.raises(RecipeProblem, match="its branch is never taken"):
        of(train, '  inputs: {i: "images:0"}\n'
                  '  outputs: {p: "conv/BatchNorm/cond/FusedBatchNorm:0"}\n'
                  '  feeds: {"phase_train:0": false, "keep_prob:0": 1.0}\n')  # fmt: skip


def test_a_graph_beside_the_recipe_may_be_named(train):
    (train / "graphs").mkdir()
    shutil.move(train / "model.ckpt.meta", train / "graphs" / "net.meta")
    text = '  inputs: {i: "images:0"}\n  outputs: {p: "probs:0"}\n'
    text += '  feeds: {"phase_train:0": false, "keep_prob:0": 1.0}\n'
    assert of(train, text, "graphs/net.meta").file.path.name == "net.meta"
    with pytest.raises(RecipeProblem, match="no graph lies beside the checkpoint"):
        of(train, text)
    with pytest.raises(RecipeProblem, match="there is no such file"):
        of(train, text, "graphs/ent.meta")
    with pytest.raises(RecipeProblem, match="is no graph"):
        of(train, text, "recipe.yaml")


def test_the_graph_of_an_estimator_is_found(small, node):
    folder = small(node("x", "Placeholder", attrs=PLACEHOLDER), node("y", "Neg", "x"))
    found = of(folder, ASKED)
    assert found.file.path.name == "graph.pbtxt"
    assert found.asked.inputs["x"].shape == (None, 3)


@pytest.mark.parametrize(
    ("op", "error"),
    [("PyFunc", UnsafeContent), ("ReadFile", UnsafeContent), ("ThreeNN", NotSupported)],
)
def test_what_cannot_be_run_is_refused_by_name(small, node, op, error):
    folder = small(node("x", "Placeholder", attrs=PLACEHOLDER), node("y", op, "x"))
    with pytest.raises(error) as caught:
        of(folder, ASKED)
    assert caught.value.problems[0].what.startswith(op)


def test_an_input_without_a_stated_type_or_shape_asks_for_them(small, node):
    folder = small(node("x", "DecodeRaw", attrs=""), node("y", "Neg", "x"))
    with pytest.raises(RecipeProblem) as caught:
        of(folder, ASKED)
    assert [p.what for p in caught.value.problems] == [
        "the graph does not state its type", "the graph does not state its shape",
    ]  # fmt: skip
    assert 'tensor: "x:0", shape' in caught.value.problems[0].help


def test_a_node_that_takes_what_is_not_there_is_damage(small, node):
    folder = small(node("x", "Placeholder", attrs=PLACEHOLDER), node("y", "Add", "x", "gone"))
    with pytest.raises(Damaged, match="y takes gone, which is not there"):
        of(folder, ASKED)


def test_a_table_that_a_file_fills_is_refused(small, node):
    table = node("t", "HashTableV2") + node("i", "InitializeTableFromTextFileV2", "t", "name")
    table += node("name", "Const") + node("d", "Const")
    find = node("y", "LookupTableFindV2", "t", "x", "d")
    with pytest.raises(NotSupported) as caught:
        of(small(node("x", "Placeholder", attrs=PLACEHOLDER), table, find), ASKED)
    assert "filled from a file" in caught.value.problems[0].what


def test_parts_of_variables_are_found_in_the_collections(fixtures):
    source = sources.describe(fixtures / "graphs" / "partitioned" / "model.ckpt")
    recipe = load_recipe(str(fixtures / "graphs" / "partitioned" / "recipe.yaml"))
    found = graphs.of_recipe(recipe, source)
    (table,) = found.stored
    assert table.tensor == "table"
    assert table.variables == ("table/part_0", "table/part_1", "table/part_2")
    assert table.sizes == (4, 3, 3)
    assert [s.tensor for s in found.others] == ["unused"]


def test_a_saver_that_renames_is_read_and_never_run(small, node):
    shape = 'attr {key: "shape" value {shape {dim {size: 5} dim {size: 3}}}}'
    kind = 'attr {key: "dtype" value {type: DT_FLOAT}}'
    names = (
        'attr {key: "value" value {tensor {dtype: DT_STRING tensor_shape {dim {size: 1}}'
        ' string_val: "embedding"}}}'
    )
    saver = node("save/names", "Const", attrs=names) + node(
        "save/SaveV2", "SaveV2", "prefix", "save/names", "slices", "mine/read"
    )
    folder = small(
        node("x", "Placeholder", attrs=PLACEHOLDER),
        node("mine", "VariableV2", attrs=kind + shape),
        node("mine/read", "Identity", "mine"),
        node("y", "MatMul", "mine/read", "x"),
        node("prefix", "Const") + node("slices", "Const") + saver,
    )
    found = of(folder, ASKED)
    (stored,) = found.stored
    assert (stored.tensor, stored.variables, stored.ops()) == ("embedding", ("mine",), ())

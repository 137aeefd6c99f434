"""Two SavedModels, read and run in real workers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.contract import Difference
from tfmigrate.errors import NotRecognised, UsageProblem
from tfmigrate.options import Options
from tfmigrate.report import json_schema, render
from tfmigrate.sources import protos


@pytest.fixture(scope="module")
def ours(fixtures) -> Path:
    return fixtures / "certificates" / "of_0_1_0"


@pytest.fixture
def edited(ours, tmp_path) -> Callable[[Callable[[Any], None]], Path]:
    """A copy whose saved_model.pb a function has changed."""

    def edit(change: Callable[[Any], None]) -> Path:
        copy = tmp_path / "edited"
        shutil.copytree(ours, copy)
        file = copy / "saved_model.pb"
        model = protos.parse("SavedModel", file.read_bytes(), "")
        change(model.meta_graphs[0])
        file.write_bytes(model.SerializeToString())
        return copy

    return edit


def nodes(meta: Any) -> Iterator[Any]:
    yield from meta.graph_def.node
    for function in meta.graph_def.library.function:
        yield from function.node_def


@pytest.fixture(scope="module")
def diff(crew) -> Callable[..., Difference]:
    def call(a: Path, b: Path, run: bool = True, **options: Any) -> Difference:
        return pipeline.diff(a, b, Options(**options), crew=crew, run=run)

    return call


def test_an_old_saved_model_and_our_export_of_the_same_model(fixtures, tmp_path, crew, diff):
    old = fixtures / "tfkeras28_functional"
    pipeline.migrate("h5-to-savedmodel", old / "model.h5", tmp_path / "new", crew=crew)
    found = diff(old / "saved_model", tmp_path / "new")
    assert bool(found)
    assert found.signatures.found == ()
    assert [(a.signature, a.probes, bool(a)) for a in found.answers] == [
        ("serving_default", 4, True)
    ]
    assert found.answers[0].outputs[0].elements == (1 + 2 + 5 + 3) * 4
    assert len(found.variables.renamed) == found.a.variables == found.b.variables
    document = json.loads(render(found, "json"))
    jsonschema.Draft202012Validator(json_schema.schema()).validate(document)


def test_other_answers_from_the_same_weights(ours, edited, diff):
    def soften(meta: Any) -> None:
        (only,) = (n for n in nodes(meta) if n.op == "Relu")
        only.op = "Elu"

    other = edited(soften)
    found = diff(ours, other)
    assert not found
    assert (bool(found.variables), found.signatures.found) == (True, ())
    (output,) = found.answers[0].outputs
    assert (output.name, output.passed, output.max_abs > 0.001) == ("dense_1", False, True)
    assert bool(diff(ours, other, atol="dense_1:1"))
    with pytest.raises(UsageProblem):
        diff(ours, other, atol="dense:1")


def test_an_op_that_writes_is_told_and_not_run(ours, edited, diff, tmp_path):
    canary = tmp_path / "canary"

    def arm(meta: Any) -> None:
        """The output waits for a file that is written."""
        for name, text in (("file", str(canary)), ("text", "x")):
            node = meta.graph_def.node.add(name=name, op="Const")
            node.attr.add(key="dtype").value.type = 7
            value = node.attr.add(key="value").value.tensor
            value.dtype = 7
            value.string_val.append(text.encode())
        meta.graph_def.node.add(name="write", op="WriteFile", input=["file", "text"])
        signature = protos.entries(meta.signature_def)["serving_default"]
        output = signature.outputs[0].value.name.partition(":")[0]
        (node,) = (n for n in meta.graph_def.node if n.name == output)
        node.input.append("^write")

    found = diff(ours, edited(arm))
    assert not canary.exists()
    assert "B is not run" in found.answers[0].skipped
    assert "WriteFile" in found.answers[0].skipped
    assert bool(found)  # of what was compared, nothing differs


def test_one_that_does_not_answer_is_a_difference(ours, edited, diff):
    def unrestored(meta: Any) -> None:
        meta.ClearField("saver_def")

    found = diff(ours, edited(unrestored))
    assert not found
    assert found.answers[0].apart.startswith("B does not answer")


def test_answers_by_chance_are_a_difference_where_only_one_gives_them(ours, edited, diff):
    def shuffle(meta: Any) -> None:
        (dropout,) = (n for n in nodes(meta) if n.name.endswith("dropout_1/Identity"))
        dropout.op = "RandomShuffle"

    found = diff(ours, edited(shuffle))
    assert not found
    assert found.answers[0].apart == "output dense_1 differs from call to call in B alone"


def test_inputs_of_ones_own(ours, diff, tmp_path):
    file, rng = tmp_path / "mine.npz", np.random.default_rng(3)
    np.savez(file, **{"inputs/conv2d_1_input": rng.random((7, 12, 12, 1), np.float32)})
    found = diff(ours, ours, inputs=file)
    assert (found.answers[0].probes, found.answers[0].outputs[0].elements) == (1, 70)
    np.savez(file, **{"inputs/other": np.zeros((2, 2), "int64"), "inputs/b": np.zeros(2)})
    with pytest.raises(UsageProblem):
        diff(ours, ours, inputs=file)


def test_nothing_is_run_where_that_was_asked(ours, diff, fixtures):
    found = diff(fixtures / "tfkeras28_functional" / "saved_model", ours, run=False)
    assert (bool(found), found.answers) == (False, ())
    assert found.signatures.breaking
    assert found.variables.only_a
    assert found.variables.only_b


def test_assets_are_compared_by_content(ours, edited, diff):
    other = edited(lambda meta: None)
    (other / "assets").mkdir(exist_ok=True)  # a folder without files is not in every checkout
    (other / "assets" / "vocab.txt").write_text("a\nb\n")
    found = diff(ours, other, run=False)
    assert not found
    assert [h.name for h in found.assets.only_b] == ["vocab.txt"]


def test_another_method_alone_is_a_difference(ours, edited, diff):
    def regress(meta: Any) -> None:
        signature = protos.entries(meta.signature_def)["serving_default"]
        signature.method_name = "tensorflow/serving/regress"

    found = diff(ours, edited(regress), run=False)
    assert not found
    assert [(c.code, c.old, c.new) for c in found.signatures.found] == [
        ("method", "predict", "regress")
    ]


def test_what_is_no_saved_model(fixtures, ours, diff):
    with pytest.raises(NotRecognised, match="this is no SavedModel"):
        diff(ours, fixtures / "keras2_mnist_cnn" / "model.h5", run=False)
    with pytest.raises(NotRecognised):
        diff(ours, fixtures / "none", run=False)


def test_a_contract_is_read_behind_walls(ours, crew, tmp_path):
    found = pipeline.contract(ours, crew=crew)
    assert [e.key for e in found.signatures] == ["serving_default"]
    file = tmp_path / "contract.json"
    file.write_text(render(found, "json"))
    assert pipeline.contract(file, crew=crew).signatures == found.signatures
    file.write_text("{}")
    with pytest.raises(UsageProblem):
        pipeline.contract(file, crew=crew)

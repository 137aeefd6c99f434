"""Whole migrations whose recipe says what is served: steps, layers, states, contracts."""

import hashlib
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.errors import Damaged, NotProved, NotSupported
from tfmigrate.options import Options
from tfmigrate.parity import npz, stored
from tfmigrate.processing.tf_examples import write

RECIPE = """
tfmigrate: 1
signatures:
  serving_default:
    inputs:
      picture:
        to: conv2d_1_input
        steps:
          - decode: {image: png, channels: 1}
          - resize: {size: [12, 12], method: bilinear, antialias: false}
          - scale: {to: [0, 1]}
    outputs:
      labels: {from: dense_1, steps: [{top_k: {k: 3, give: labels, labels: digits.txt}}]}
  embed:
    inputs: {image: {dtype: uint8, to: conv2d_1_input}}
    outputs: {vector: flatten_1, probs: dense_1}
  classify:
    method: classify
    inputs:
      inputs:
        dtype: string
        shape: [null]
        to: {conv2d_1_input: [{example: {feature: image, shape: [12, 12, 1]}}]}
    outputs:
      classes: {from: dense_1, steps: [{top_k: {k: 3, give: labels, labels: digits.txt}}]}
      scores: {from: dense_1, steps: [{top_k: {k: 3, give: scores}}]}
"""


def migrated(text, tmp_path, source, crew, **options):
    recipe = tmp_path / "r.yaml"
    recipe.write_text(text)
    asked = Options(recipe=str(recipe), **options)
    return pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", asked, crew=crew)


@pytest.fixture(scope="module")
def served(fixtures, tmp_path_factory, crew, call_signatures):
    folder = tmp_path_factory.mktemp("served")
    (folder / "digits.txt").write_text("".join(f"digit {i}\n" for i in range(10)))
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    done = migrated(RECIPE, folder, source, crew)
    with np.load(fixtures / "keras2_mnist_cnn" / "golden.npz") as golden:
        image = golden["inputs/conv2d_1_input"][:2]
        probs = golden["outputs/dense_1"][:2]
    sent = {
        "embed": {"image": (image * 0 + 3).astype("uint8")},
        "classify": {"inputs": np.array([write({"image": one}) for one in image], object)},
    }
    return SimpleNamespace(
        done=done, folder=folder, probs=probs, answers=call_signatures(folder / "out", sent)
    )


def test_every_signature_is_compared_by_its_own_names(served):
    names = [o.name for o in served.done.parity.outputs]
    assert names == [
        "serving_default:labels", "embed:vector", "embed:probs",
        "classify:classes", "classify:scores",
    ]  # fmt: skip
    assert served.done.parity
    assert served.done.parity.level == "reader"
    assert all(o.elements > 0 for o in served.done.parity.outputs)


def test_what_a_server_needs_to_know_is_written(served):
    methods = {s.key: s.method for s in served.done.signatures}
    assert methods == {"serving_default": "predict", "embed": "predict", "classify": "classify"}
    (inputs,) = served.done.signatures[1].inputs
    assert (inputs.name, inputs.dtype) == ("image", "uint8")


def test_classes_and_scores_are_those_of_the_old_runtime(served):
    order = np.argsort(-served.probs, axis=1)[:, :3]
    answer = served.answers["classify"]
    assert np.char.decode(answer["classes"].astype("S")).tolist() == [
        [f"digit {i}" for i in row] for row in order
    ]
    expected = np.take_along_axis(served.probs, order, axis=1)
    np.testing.assert_allclose(answer["scores"], expected, 1e-5, 1e-6)


def test_the_certificate_holds_every_step_with_its_defaults(served):
    path = served.folder / "out/assets.extra/tfmigrate/certificate.json"
    held = json.loads(path.read_text())
    chain = held["processing"]["serving_default"]["inputs"]["conv2d_1_input"]
    assert chain["from"] == "picture"
    assert chain["processing"] == 1
    assert chain["steps"][1]["resize"]["centers"] == "half_pixel"
    assert set(held["further_probes"]) == {"embed", "classify"}


def test_every_signature_is_answered_again_by_verify(served, crew):
    found = pipeline.verify(served.folder / "out", crew=crew)
    assert found
    assert len(found.parity.outputs) == 5


def test_a_stored_answer_of_a_further_signature_counts(served, crew, tmp_path):
    """The check is seen to fail: other outputs under the same hashes."""
    copy = tmp_path / "copy"
    shutil.copytree(served.folder / "out", copy)
    own = copy / "assets.extra/tfmigrate"
    held = json.loads((own / "certificate.json").read_text())
    probes = held["further_probes"]["embed"]
    with np.load(own / "1/expected.npz") as arrays:
        changed = {n: a + 1 for n, a in arrays.items()}
    npz.save(own / "1/expected.npz", changed)
    probes["sha256"] |= {n: stored.sha256(a) for n, a in changed.items()}
    name = "assets.extra/tfmigrate/1/expected.npz"
    held["files"][name] = hashlib.sha256((copy / name).read_bytes()).hexdigest()
    (own / "certificate.json").write_text(json.dumps(held))
    found = pipeline.verify(copy, crew=crew)
    assert not found
    assert {o.name for o in found.parity.outputs if not o} == {"embed:vector", "embed:probs"}


def test_states_that_callers_send_are_those_that_the_old_runtime_kept(
    fixtures, tmp_path, crew, call_signatures
):
    folder = fixtures / "stateful"
    text = "tfmigrate: 1\nsignatures:\n  once: {}\n  step: {state: explicit}\n"
    done = migrated(text, tmp_path, folder / "model.h5", crew)
    assert [s.name for s in done.signatures[1].inputs] == [
        "lstm_input",
        "lstm_h",
        "lstm_c",
        "gru_h",
    ]
    with np.load(folder / "calls.npz") as calls:
        x, first, second = (calls[n] for n in ("x", "first", "second"))
    zeros = {s.name: np.zeros((2, s.shape[1]), "f4") for s in done.signatures[1].inputs[1:]}
    out = tmp_path / "out"
    start = call_signatures(out, {"step": {"lstm_input": x, **zeros}})["step"]
    again = {n: start[n] for n in zeros}
    then = call_signatures(out, {"step": {"lstm_input": x, **again}})["step"]
    np.testing.assert_allclose(start["dense"], first, 1e-5, 1e-6)
    np.testing.assert_allclose(then["dense"], second, 1e-5, 1e-6)
    assert np.abs(first - second).max() > 0.01  # else this would prove nothing


def test_everything_wrong_with_a_signature_is_told_at_once(fixtures, tmp_path, crew):
    text = """
tfmigrate: 1
signatures:
  a:
    inputs: {image: {shape: [null, 9, 12, 1], to: conv2d_1_input}}
    outputs: {x: {from: dense_9}, y: {from: dense_1, steps: [{top_k: {k: 11, give: scores}}]}}
"""
    with pytest.raises(NotProved) as error:
        migrated(text, tmp_path, fixtures / "keras2_mnist_cnn" / "model.h5", crew)
    whats = [p.what for p in error.value.problems]
    assert len(whats) == 3
    assert "shape is not one that the input takes" in whats[0]
    assert "no output or layer dense_9" in whats[1]
    assert error.value.problems[1].nearest[0] == "dense_1"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("a: {state: explicit}", NotProved, "no layer of the model keeps its state"),
        ("a: {state: [dense_1]}", NotSupported, "it is no LSTM, GRU or SimpleRNN"),
        ("a: {of: b}", NotProved, "which the model has not"),
    ],
)
def test_what_the_model_has_not_cannot_be_served(fixtures, tmp_path, crew, text, error, said):
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    with pytest.raises(error, match=said):
        migrated(f"tfmigrate: 1\nsignatures:\n  {text}\n", tmp_path, source, crew, dry_run=True)


def test_a_contract_is_held_or_nothing_is_written(fixtures, tmp_path, crew, served):
    old = served.folder / "contract.json"
    old.write_text(json.dumps({"signatures": {"serving_default": {
        "inputs": {"conv2d_1_input": {"dtype": "float32", "shape": [None, 12, 12, 1]}},
        "outputs": {"dense_1": {"dtype": "float32", "shape": [None, 10]}},
    }}}))  # fmt: skip
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    renamed = {"rename_outputs": {"dense_1": "probs"}, "contract": old}
    with pytest.raises(NotProved, match="break the contract"):
        pipeline.migrate(
            "h5-to-savedmodel", source, tmp_path / "out", Options(**renamed), crew=crew
        )
    assert not (tmp_path / "out").exists()
    kept = Options(**renamed, alias=True, signature="latest", dry_run=True)
    done = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", kept, crew=crew)
    assert {s.key: s.outputs[0].name for s in done.signatures} == {
        "latest": "probs", "serving_default": "dense_1",
    }  # fmt: skip


@pytest.mark.parametrize("alias", [False, True])
def test_names_that_are_exchanged_break_a_contract(alias, fixtures, tmp_path, crew):
    """Both names are still there, and of one shape: no comparison of signatures shows it."""
    source = fixtures / "keras2_two_outputs" / "model.h5"
    dry = Options(dry_run=True)
    plain = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "a", dry, crew=crew)
    (signature,) = plain.signatures
    one, other = (s.name for s in signature.outputs)
    sides = {"inputs": signature.inputs, "outputs": signature.outputs}
    held = {
        side: {s.name: {"dtype": s.dtype, "shape": list(s.shape)} for s in specs}
        for side, specs in sides.items()
    }
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"signatures": {"serving_default": held}}))
    asked = Options(
        rename_outputs={one: other, other: one}, contract=old, alias=alias, dry_run=True
    )
    with pytest.raises(NotProved) as error:
        pipeline.migrate("h5-to-savedmodel", source, tmp_path / "b", asked, crew=crew)
    assert "the name now means another tensor" in error.value.problems[0].what


def test_a_certificate_without_the_probes_of_a_signature_is_refused(served, crew, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(served.folder / "out", copy)
    path = copy / "assets.extra/tfmigrate/certificate.json"
    held = json.loads(path.read_text())
    path.write_text(json.dumps({**held, "further_probes": {}}))
    with pytest.raises(Damaged, match="every signature"):
        pipeline.verify(copy, crew=crew)

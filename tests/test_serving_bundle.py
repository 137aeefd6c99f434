"""A migration's serving bundle: warm-up records, and example requests with their answers."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tfmigrate import pipeline
from tfmigrate.export.certificate import OWN
from tfmigrate.export.serving import requests, tfrecord, warmup
from tfmigrate.options import Options
from tfmigrate.parity import stored
from tfmigrate.processing import tf_examples
from tfmigrate.report import as_html
from tfmigrate.sources import protos

RECIPE = """
tfmigrate: 1
signatures:
  serving_default: {}
  judge:
    method: classify
    inputs:
      inputs:
        dtype: string
        shape: [null]
        to: {conv2d_1_input: [{example: {feature: image, shape: [12, 12, 1]}}]}
    outputs:
      scores: dense_1
"""


@pytest.fixture(scope="module")
def served(fixtures, tmp_path_factory, crew):
    """The same model twice, as two versions."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "r.yaml").write_text(RECIPE)
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    done = []
    for version in (1, 2):
        options = Options(recipe=str(folder / "r.yaml"), model_version=version)
        done.append(
            pipeline.migrate("h5-to-savedmodel", source, folder / "out", options, crew=crew)
        )
    return SimpleNamespace(folder=folder / "out", done=done, model=folder / "out" / "1")


def logs(model: Path) -> list[bytes]:
    """The records of the file, found without the code that wrote it."""
    data, found = (model / "assets.extra/tf_serving_warmup_requests").read_bytes(), []
    while data:
        size = int.from_bytes(data[:8], "little")
        found.append(data[12 : 12 + size])
        data = data[12 + size + 4 :]
    return found


def asked(log: bytes) -> tuple[str, dict[str, np.ndarray]]:
    """The signature and the tensors of a record, read without TensorFlow."""
    read = protos.parse("PredictionLog", log, "")
    if read.HasField("classify_log"):
        request = read.classify_log.request
        return request.model_spec.signature_name, {
            "inputs": np.array(list(request.input.example_list.examples), object)
        }
    request, sent = read.predict_log.request, {}
    for name, data in protos.entries(request.inputs).items():
        tensor = protos.parse("TensorProto", data, "")
        assert protos.dtype(tensor.dtype) == "float32"
        shape = [d.size for d in tensor.tensor_shape.dim]
        sent[name] = np.frombuffer(tensor.tensor_content, "<f4").reshape(shape)
    return request.model_spec.signature_name, sent


def test_there_is_a_record_for_each_signature_and_batch(served):
    found = [asked(log) for log in logs(served.model)]
    assert [(key, len(next(iter(sent.values())))) for key, sent in found] == [
        ("serving_default", 1), ("serving_default", 2), ("judge", 1), ("judge", 2),
    ]  # fmt: skip
    assert tfrecord.to_bytes(logs(served.model)) == (served.model / warmup.FILE).read_bytes()


def test_a_fresh_process_answers_them_as_the_certificate_says(served, call_signatures):
    sent = dict(asked(log) for log in logs(served.model)[1::2])
    answers = call_signatures(served.model, sent)
    for key, folder, output in (("serving_default", "", "dense_1"), ("judge", "1", "scores")):
        with np.load(served.model / stored.FOLDER / folder / stored.EXPECTED) as expected:
            known = expected[f"1/outputs/{output}"]
        assert known.shape == (2, 10)
        assert np.allclose(answers[key][output], known, 1e-5, 1e-6)


def test_the_requests_are_those_of_the_probes(served):
    folder = served.model / requests.FOLDER
    assert {p.name for p in folder.iterdir()} == {"serving_default.json", "judge.json"}
    plain, judge = (
        json.loads((folder / f"{n}.json").read_text()) for n in ("serving_default", "judge")
    )
    with np.load(served.model / stored.FOLDER / stored.PROBES) as probes:
        sent = np.array(plain["body"]["instances"], np.float32)
        assert np.array_equal(sent, probes["0/inputs/conv2d_1_input"])
    with np.load(served.model / stored.FOLDER / stored.EXPECTED) as expected:
        answer = np.array(plain["answer"]["predictions"], np.float32)
        assert np.allclose(answer, expected["0/outputs/dense_1"], 1e-5, 1e-6)
    # The features that a server reads out of it make the example that the record holds.
    (features,) = judge["body"]["examples"]
    record = next(s for k, s in map(asked, logs(served.model)) if k == "judge")
    read = tf_examples.read(record["inputs"][0])
    assert np.array_equal(np.float32(features["image"]), np.float32(read["image"]))
    ((*classes,),) = judge["answer"]["results"]
    assert [label for label, _ in classes] == [""] * 10
    assert sum(score for _, score in classes) == pytest.approx(1)


def test_the_certificate_vouches_for_them(served, crew):
    certificate = json.loads((served.model / OWN).read_text())
    assert str(warmup.FILE) in certificate["files"]
    assert f"{requests.FOLDER}/judge.json" in certificate["files"]
    assert pipeline.verify(served.model, crew=crew)
    data = b"".join(p.read_bytes() for p in served.model.rglob("*") if p.is_file())
    assert str(served.folder).encode() not in data


def test_the_same_model_makes_the_same_bytes(served):
    first, second = (
        {p.relative_to(m): p.read_bytes() for p in m.rglob("*") if p.is_file()}
        for m in (served.model, served.folder / "2")
    )
    assert first == second


def test_nothing_is_written_that_was_not_executed(fixtures, tmp_path, crew):
    source = fixtures / "keras2_mnist_cnn" / "model.h5"
    asked = Options(verify=False)
    done = pipeline.migrate("h5-to-savedmodel", source, tmp_path / "out", asked, crew=crew)
    assert not (tmp_path / "out" / warmup.FILE).exists()
    assert done.requests == {}


def test_the_report_shows_the_request_and_its_answer(served):
    page = as_html.render(served.done[0])
    answer = served.done[0].requests["judge"]["answer"]["results"][0][0][1]
    assert repr(answer) in page
    assert "/v1/models/out:classify" in page
    assert "${MODEL_NAME}" not in page

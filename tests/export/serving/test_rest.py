"""Bodies are read back by the server's rules, written down here once more."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from tfmigrate.export.serving import requests, rest, values
from tfmigrate.processing import tf_examples
from tfmigrate.tensors import Signature, TensorSpec

SPECS = {
    "x": TensorSpec("x", (None, 2), "float32"),
    "ids": TensorSpec("ids", (None,), "int64"),
    "raw_bytes": TensorSpec("raw_bytes", (None,), "string"),
}


def strings(*found: bytes) -> np.ndarray:
    made = np.empty(len(found), object)
    made[:] = found
    return made


def plain(value):
    """A leaf, as the server fills it into a tensor."""
    if isinstance(value, dict):
        assert list(value) == ["b64"]
        return base64.b64decode(value["b64"])
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.encode() if isinstance(value, str) else value


def received(body: dict, specs: dict[str, TensorSpec]) -> dict[str, np.ndarray]:
    """What the server makes of a body that came over the wire."""
    body = json.loads(json.dumps(body))
    if "inputs" in body:
        columns = body["inputs"]
    elif len(specs) == 1:
        columns = {next(iter(specs)): body["instances"]}
    else:
        assert all(row.keys() == specs.keys() for row in body["instances"])
        columns = {n: [row[n] for row in body["instances"]] for n in specs}
    kinds = {n: object if s.dtype == "string" else s.dtype for n, s in specs.items()}
    return {n: np.array(plain(columns[n]), kinds[n]) for n in specs}


SENT = {
    "x": np.array([[0.1, -3.4e38], [1e-40, 7]], np.float32),
    "ids": np.array([2**62 + 1, -1]),
    "raw_bytes": strings(b"text", b"\xff\x00"),
}
ROWS = {"y": np.array([[0.2], [1]], np.float32), "k": np.array([1, 2], np.int32)}


def asked(names: list[str], answer: dict, key: str = "serving_default") -> tuple[Signature, dict]:
    one = Signature(key, tuple(SPECS[n] for n in names), ())
    return one, rest.body(one, {n: SENT[n] for n in names}, answer)


@pytest.mark.parametrize("names", [["x"], ["raw_bytes"], ["x", "ids", "raw_bytes"]])
@pytest.mark.parametrize("answer", [ROWS, {"y": np.float32(1)}], ids=["rows", "columns"])
def test_the_server_gets_every_bit_that_was_sent(names, answer):
    _, body = asked(names, answer)
    assert ("instances" in body) == (answer is ROWS)
    found = received(body, {n: SPECS[n] for n in names})
    assert all(np.array_equal(found[n], SENT[n]) for n in names)
    assert all(found[n].dtype == SENT[n].dtype for n in names)


@pytest.mark.parametrize("form", ["S", "U"])
def test_text_may_have_any_form_of_numpy(form):
    one = Signature("s", (TensorSpec("t", (None,), "string"),), ())
    body = rest.body(one, {"t": np.array(["ab", "c"], form)}, {"y": np.zeros(2, np.float32)})
    assert body["instances"] == ["ab", "c"]


def test_answers_are_rows_where_rows_were_sent():
    one, _ = asked(["x"], ROWS)
    sent = {"x": SENT["x"]}
    found = rest.answer(one, sent, ROWS)
    assert found == {"predictions": [{"y": [0.2], "k": 1}, {"y": [1.0], "k": 2}]}
    assert rest.answer(one, sent, {"y": ROWS["y"]}) == {"predictions": [[0.2], [1.0]]}


def test_answers_are_columns_where_batches_differ():
    one, _ = asked(["x"], ROWS)
    sent, three = {"x": SENT["x"]}, {"y": np.zeros(3, np.float32)}
    assert rest.answer(one, sent, three) == {"outputs": [0.0, 0.0, 0.0]}
    both = rest.answer(one, sent, {**three, "n": np.array(True)})
    assert both == {"outputs": {"y": [0.0, 0.0, 0.0], "n": True}}


def test_binary_answers_are_told_by_their_names():
    one, _ = asked(["x"], ROWS)
    sent = {"x": SENT["x"]}
    found = rest.answer(one, sent, {"png_bytes": strings(b"a", b"\xff")})
    assert found == {"predictions": [{"b64": "YQ=="}, {"b64": "/w=="}]}
    assert rest.answer(one, sent, {"png": strings(b"a", b"\n")}) == {"predictions": ["a", "\n"]}
    with pytest.raises(values.NoJson, match="no text"):
        rest.answer(one, sent, {"png": strings(b"a", b"\xff")})


EXAMPLE = tf_examples.write(
    {
        "x": np.array([1, 0.1], np.float32),
        "ids": np.array([7]),
        "word": strings("é".encode()),
        "raw": strings(b"\xff"),
    }
)


@pytest.mark.parametrize("method", ["classify", "regress"])
def test_examples_are_sent_feature_by_feature(method):
    one = Signature("s", (TensorSpec("inputs", (None,), "string"),), (), method)
    body = json.loads(json.dumps(rest.body(one, {"inputs": strings(EXAMPLE)}, {})))
    assert body == {
        "signature_name": "s",
        "examples": [{"ids": [7], "raw": [{"b64": "/w=="}], "word": ["é"], "x": [1.0, 0.1]}],
    }
    # A whole number without a point would make an int64 feature of it.
    assert "[1.0, 0.1]" in json.dumps(body)
    assert rest.url(one).endswith(f"${{MODEL_NAME}}:{method}")


def test_classes_and_values_are_results():
    one = Signature("s", (TensorSpec("inputs", (None,), "string"),), (), "classify")
    sent = {"inputs": strings(EXAMPLE, EXAMPLE)}
    labels = np.array([[b"a", b"b"], [b"b", b"a"]], object)
    scores = np.array([[0.9, 0.1], [1, 0]], np.float32)
    both = rest.answer(one, sent, {"classes": labels, "scores": scores})
    assert both == {"results": [[["a", 0.9], ["b", 0.1]], [["b", 1.0], ["a", 0.0]]]}
    only = rest.answer(one, sent, {"scores": scores})
    assert only == {"results": [[["", 0.9], ["", 0.1]], [["", 1.0], ["", 0.0]]]}
    valued = Signature("s", one.inputs, (), "regress")
    found = rest.answer(valued, sent, {"outputs": scores[:, :1]})
    assert found == {"results": [0.9, 1.0]}


def example(sent: dict, answer: dict, *random: str) -> dict:
    specs = tuple(TensorSpec(n, a.shape, "") for n, a in sent.items())
    return requests.example(Signature("s", specs, ()), sent, answer, random)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (np.zeros(2, np.float16), "carries no float16"),
        (np.zeros(2, np.uint16), "carries no uint16"),
        (np.array([np.inf], np.float32), "JSON has no inf"),
        (np.zeros((0, 2), np.float32), "is empty"),
        (np.zeros(9000, np.float32), "9,000 values"),
        (strings(b"x" * 20_000), "characters long"),
    ],
)
def test_what_json_cannot_say_is_left_out_and_said(sent, why):
    found = example({"x": sent}, {"y": np.zeros(1, np.float32)})
    assert found["body"] is None
    assert any(why in note for note in found["notes"])
    assert found["answer"] is not None


def test_answers_that_are_another_each_time_are_said():
    found = example({"x": np.zeros(1, np.float32)}, {"y": np.zeros(1, np.float32)}, "y")
    assert found["notes"] == ["y is another each time"]


def test_the_file_is_json_and_its_name_is_safe(tmp_path):
    keys = ["serving_default", "a/b", "../x", "A", "a", "é", "." * 300]
    one = {"x": np.zeros(1, np.float32)}
    made = [requests.example(Signature(k, (SPECS["x"],), ()), one, one) for k in keys]
    requests.write(tmp_path, made)
    files = list((tmp_path / requests.FOLDER).iterdir())
    assert sum(f.is_file() for f in tmp_path.rglob("*")) == len(files) == len(keys)
    assert len({f.name.casefold() for f in files}) == len(keys)
    assert "serving_default.json" in {f.name for f in files}
    assert {json.loads(f.read_text())["signature"] for f in files} == set(keys)

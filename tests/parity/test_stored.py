import dataclasses
import json

import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotProved
from tfmigrate.parity import npz, stored
from tfmigrate.parity.probes import flat, make_probes
from tfmigrate.tensors import Hint, TensorSpec, as_json, from_json

SPECS = (TensorSpec("ids", (None, None), "int32"), TensorSpec("word", (None,), "string"))
HINTS = {"ids": Hint(0, 50)}


def write(folder, limit=stored.LIMIT, seed=3):
    probes = make_probes(SPECS, HINTS, 3)
    outputs = [{"head/fc": p["ids"].astype("float32") / 7} for p in probes]
    about = stored.write_probes(folder, probes, outputs, stored.MadeFrom(SPECS, HINTS, seed), limit)
    return probes, outputs, about


def through_json(about):
    return from_json(stored.Stored, json.loads(json.dumps(as_json(about))))


SPEC = {"name": "x", "shape": [None, 2], "dtype": "float32"}
OUTPUT = {"name": "y", "passed": True, "tolerance": {"rtol": 0, "atol": 1e-6}, "worst": [0, 1]}
PROBES = {"stored": True, "seed": None, "samples": 1, "inputs": [SPEC], "sha256": {"a": "b"},
          "hints": {"x": {"low": 0, "high": 1.5, "lengths": [8]}}}  # fmt: skip
CERTIFICATE = {
    "certificate": 1,
    "source": {"name": "old.h5", "kind": "keras_h5"},
    "evidence": "reader",
    "said": "é",
    "files": {"a": "b"},
    "signatures": [{"key": "k", "inputs": [SPEC], "outputs": [SPEC]}],
    "recipe": None,
    "probes": PROBES,
    "parity": {"passed": True, "checks": {"repeatable": True}, "outputs": [OUTPUT]},
    "ledger": [{"status": "restored", "targets": {"k": "ab"}, "expected": {"k": "ab"}}],
}


def certified(folder, content):
    stored.write_certificate(folder, content)
    return stored.read_certificate(folder)


def assert_same(one, other):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert a.keys() == b.keys()
        assert all(np.array_equal(a[n], b[n]) and a[n].dtype == b[n].dtype for n in a)


def test_small_probes_are_stored_and_come_back(tmp_path):
    probes, outputs, about = write(tmp_path)
    assert about.stored
    names = sorted(p.name for p in (tmp_path / stored.FOLDER).iterdir())
    assert names == ["expected.npz", "probes.npz"]
    back, expected = stored.read_probes(tmp_path, through_json(about))
    assert_same(back, probes)
    assert_same(expected, outputs)


def test_the_same_probes_are_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name)
    for name in ("probes.npz", "expected.npz"):
        one, other = (tmp_path / d / stored.FOLDER / name for d in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("limit", [100, 1200])
def test_big_probes_are_made_again_from_the_seed(tmp_path, limit):
    probes, _, about = write(tmp_path, limit)
    assert not about.stored
    assert list(tmp_path.iterdir()) == []
    back, expected = stored.read_probes(tmp_path, through_json(about))
    assert_same(back, probes)
    assert expected is None
    assert {k for k in about.sha256 if "outputs" in k} == {f"{i}/outputs/head/fc" for i in range(3)}


def test_special_probes_are_made_again_too_and_with_all_that_hints_know(tmp_path):
    specs = (*SPECS, TensorSpec("x", (None, 2), "float32"), TensorSpec("m", (None, None), "bool"))
    hints = {
        "ids": Hint(0, 50, rows=50, kind="padded"),
        "word": Hint(words=("é", "")),
        "x": Hint(centre=(0.1, 1e9), scale=(1 / 3, 2.0)),
        "m": Hint(kind="mask"),
    }
    probes = make_probes(specs, hints, 3, extremes=True)
    outputs = [{"a/inputs/y": p["x"]} for p in probes]
    about = stored.write_probes(tmp_path, probes, outputs, stored.MadeFrom(specs, hints, 3, 1), 100)
    assert not about.stored
    assert (about.samples, about.special) == (4, 1)
    assert_same(stored.read_probes(tmp_path, through_json(about))[0], probes)
    forgotten = dataclasses.replace(about, special=0)
    with pytest.raises(NotProved, match="other probes"):
        stored.read_probes(tmp_path, forgotten)
    with pytest.raises(Damaged, match="cannot be made"):
        stored.read_probes(tmp_path, dataclasses.replace(about, special=4))


def test_certificates_from_before_there_were_special_probes(tmp_path):
    """They do not say how many are special, and hints say nothing but a range and lengths."""
    probes, _, about = write(tmp_path, limit=100)
    old = json.loads(json.dumps(as_json(about)))
    del old["special"]
    old["hints"] = {"ids": {"low": 0, "high": 50, "lengths": [8, 13, 21]}}
    assert_same(stored.read_probes(tmp_path, from_json(stored.Stored, old))[0], probes)
    certificate = {**CERTIFICATE, "probes": old}
    assert certified(tmp_path, certificate)["probes"] == old


def test_given_inputs_that_are_too_big_cannot_be_had_again(tmp_path):
    _, _, about = write(tmp_path, limit=100, seed=None)
    with pytest.raises(NotProved, match="too big"):
        stored.read_probes(tmp_path, about)


def test_a_seed_that_makes_something_else_is_noticed(tmp_path):
    _, _, about = write(tmp_path, limit=100, seed=4)
    with pytest.raises(NotProved, match="other probes"):
        stored.read_probes(tmp_path, about)


@pytest.mark.parametrize("name", ["probes.npz", "expected.npz"])
def test_one_flipped_bit_is_noticed(tmp_path, name):
    _, _, about = write(tmp_path)
    path = tmp_path / stored.FOLDER / name
    data = bytearray(path.read_bytes())
    at = data.index(b"\x93NUMPY") + 128 + 1  # in the first array's values
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged):
        stored.read_probes(tmp_path, about)


def test_a_sound_archive_of_other_arrays_is_noticed(tmp_path):
    _, outputs, about = write(tmp_path)
    outputs[1]["head/fc"] = outputs[1]["head/fc"] + 1
    npz.save(tmp_path / stored.FOLDER / "expected.npz", flat("outputs", outputs))
    with pytest.raises(Damaged, match="those of the certificate"):
        stored.read_probes(tmp_path, about)


def test_a_hash_knows_type_shape_and_values():
    arrays = [
        np.zeros(4, "float32"), np.zeros(4, "int32"), np.zeros((2, 2), "float32"),
        np.array([0, 0, 0, -0.0], "float32"), np.array(["ab", "c"]), np.array(["a", "bc"]),
    ]  # fmt: skip
    assert len({stored.sha256(a) for a in arrays}) == len(arrays)
    assert stored.sha256(np.arange(3, dtype=">i4")) == stored.sha256(np.arange(3, dtype="<i4"))
    assert stored.sha256(np.array(["a"])) == stored.sha256(np.array([b"a"], dtype=object))


def test_a_certificate_is_the_same_bytes_and_comes_back(tmp_path):
    stored.write_certificate(tmp_path, CERTIFICATE)
    data = (tmp_path / stored.FOLDER / "certificate.json").read_bytes()
    assert data.endswith(b"}\n")
    assert "é".encode() in data
    assert stored.read_certificate(tmp_path) == CERTIFICATE


def test_a_number_that_json_has_not_is_a_bug(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        stored.write_certificate(tmp_path, {"x": float("nan")})


def test_missing_damaged_and_later_certificates(tmp_path):
    with pytest.raises(NotProved, match="no certificate"):
        stored.read_certificate(tmp_path)
    folder = tmp_path / stored.FOLDER
    folder.mkdir(parents=True)
    for text in (b"{", b"[]", b'{"certificate": 2}', b"\xff", b"[" * 100_000):
        (folder / "certificate.json").write_bytes(text)
        with pytest.raises(Damaged):
            stored.read_certificate(tmp_path)


@pytest.mark.parametrize("key", [k for k in CERTIFICATE if k not in ("certificate", "said")])
def test_a_certificate_says_what_others_read(tmp_path, key):
    for wrong in (7, [7], {"x": {}}, "nonsense", [{}]):
        with pytest.raises(Damaged) as caught:
            certified(tmp_path, {**CERTIFICATE, key: wrong} if key != "recipe" else
                      {**CERTIFICATE, key: 7})  # fmt: skip
        assert [p.where for p in caught.value.problems] == [key]
    with pytest.raises(Damaged):
        certified(tmp_path, {k: v for k, v in CERTIFICATE.items() if k != key})


@pytest.mark.parametrize(
    "changes",
    [
        {"signatures": []},
        {"source": {}},
        {"probes": {}},
        {"probes": {**PROBES, "samples": True}},
        {"probes": {**PROBES, "more": 1}},
        {"probes": {**PROBES, "sha256": {"a": 1}}},
        {"probes": {**PROBES, "inputs": [{**SPEC, "shape": [1.5]}]}},
        {"probes": {**PROBES, "hints": {"x": {"low": "0"}}}},
        {"ledger": None},
        {"ledger": [{"status": "restored", "expected": {}}]},
        {"ledger": [{"targets": {"k": None}, "expected": {}}]},
        {"parity": {"checks": {}}},
        {"parity": {"checks": {"a": 1}, "outputs": []}},
        {"parity": {"checks": {}, "outputs": [{**OUTPUT, "tolerance": {"rtol": "0"}}]}},
    ],
)
def test_a_certificate_is_looked_at_in_depth(tmp_path, changes):
    with pytest.raises(Damaged, match="lacks"):
        certified(tmp_path, {**CERTIFICATE, **changes})


def test_an_unverified_certificate_is_read(tmp_path):
    unverified = {"evidence": "unverified", "probes": None, "parity": None, "recipe": {"name": "r"}}
    assert certified(tmp_path, {**CERTIFICATE, **unverified})["probes"] is None


def test_stored_probes_that_are_missing_or_too_few(tmp_path):
    _, _, about = write(tmp_path)
    with pytest.raises(Damaged, match="those of the certificate"):
        stored.read_probes(tmp_path, dataclasses.replace(about, samples=4))
    (tmp_path / stored.FOLDER / "expected.npz").unlink()
    with pytest.raises(Damaged, match="No such file"):
        stored.read_probes(tmp_path, about)


@pytest.mark.parametrize(
    "changes",
    [{"samples": 0}, {"hints": {"z": Hint()}}, {"inputs": (TensorSpec("ids", (-2,), "int32"),)}],
)
def test_probes_that_no_certificate_of_ours_describes(tmp_path, changes):
    _, _, about = write(tmp_path, limit=100)
    with pytest.raises(Damaged, match="cannot be made"):
        stored.read_probes(tmp_path, dataclasses.replace(about, **changes))

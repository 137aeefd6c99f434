import json

import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotProved
from tfmigrate.parity import npz, stored
from tfmigrate.parity.probes import flat, make_probes
from tfmigrate.tensors import Hint, TensorSpec, as_json

SPECS = (TensorSpec("ids", (None, None), "int32"), TensorSpec("word", (None,), "string"))
HINTS = {"ids": Hint(0, 50)}


def write(folder, limit=stored.LIMIT, seed=3):
    probes = make_probes(SPECS, HINTS, 3)
    outputs = [{"head/fc": p["ids"].astype("float32") / 7} for p in probes]
    about = stored.write_probes(folder, probes, outputs, (SPECS, HINTS, seed), limit)
    return probes, outputs, about


def through_json(about):
    certificate = json.loads(json.dumps({"certificate": 1, "probes": as_json(about)}))
    return stored.stored_from(certificate)


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
    content = {"certificate": 1, "said": "é", "files": {"a": "b"}}
    stored.write_certificate(tmp_path, content)
    data = (tmp_path / stored.FOLDER / "certificate.json").read_bytes()
    assert data.endswith(b"}\n")
    assert "é".encode() in data
    assert stored.read_certificate(tmp_path) == content


def test_a_number_that_json_has_not_is_a_bug(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        stored.write_certificate(tmp_path, {"x": float("nan")})


def test_missing_damaged_and_later_certificates(tmp_path):
    with pytest.raises(NotProved, match="no certificate"):
        stored.read_certificate(tmp_path)
    folder = tmp_path / stored.FOLDER
    folder.mkdir(parents=True)
    for text in ("{", "[]", '{"certificate": 2}'):
        (folder / "certificate.json").write_text(text)
        with pytest.raises(Damaged):
            stored.read_certificate(tmp_path)
    with pytest.raises(NotProved, match="no probes"):
        stored.stored_from({"certificate": 1, "probes": None})

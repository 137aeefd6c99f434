import pytest

from tfmigrate.export import fingerprint

# What TensorFlow 2.21 wrote: four hashes, a version, and a random uuid (field 7) of 39 digits.
WRITTEN = (
    b"\x08\xf5\xc9\xb4\xf6\xbe\xb8\xb8\x8es\x10\xe6\xb0\xf7\xe9\x86\xaf\x92\xe1)"
    b"\x18\xfd\xa0\xa1\xf5\x99\x8f\xb1\xe3\xa7\x01(\x99\xa4\xb7\xa6\xe3\xcf\xb0\xab\xab\x01"
    b"2\x02\x08\x04:'303284063490190589984539552708359752125"
)


def _saved_model(folder, graph=b"graph", index=b"index", uuid=b"3032"):
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(graph)
    (folder / "variables" / "variables.index").write_bytes(index)
    (folder / "fingerprint.pb").write_bytes(WRITTEN.replace(b"3032", uuid))
    return folder


def test_only_the_uuid_changes_and_it_is_a_number(tmp_path):
    made = fingerprint.settle(_saved_model(tmp_path / "a"))
    data = (tmp_path / "a" / "fingerprint.pb").read_bytes()
    assert data[: data.index(b":")] == WRITTEN[: WRITTEN.index(b":")]
    assert data.endswith(made.encode())
    assert 0 <= int(made) < 2**128


def test_the_same_model_has_the_same_uuid_whatever_tensorflow_drew(tmp_path):
    one = fingerprint.settle(_saved_model(tmp_path / "a"))
    assert fingerprint.settle(_saved_model(tmp_path / "b", uuid=b"9999")) == one
    assert fingerprint.settle(tmp_path / "a") == one


@pytest.mark.parametrize("other", [{"graph": b"other"}, {"index": b"other"}])
def test_another_model_has_another_uuid(tmp_path, other):
    one = fingerprint.settle(_saved_model(tmp_path / "a"))
    assert fingerprint.settle(_saved_model(tmp_path / "b", **other)) != one


@pytest.mark.parametrize("data", [WRITTEN[:-1], WRITTEN[:3], b"\x0b\x00"])
def test_a_damaged_fingerprint_is_an_error(tmp_path, data):
    _saved_model(tmp_path / "a")
    (tmp_path / "a" / "fingerprint.pb").write_bytes(data)
    with pytest.raises(ValueError, match=r"fingerprint\.pb"):
        fingerprint.settle(tmp_path / "a")

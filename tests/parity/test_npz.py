import io
import zipfile

import ml_dtypes
import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotSupported
from tfmigrate.parity import npz

ARRAYS = {
    "0/inputs/x": np.arange(6, dtype="float32").reshape(2, 3),
    "0/inputs/x.npy": np.array([1, 2]),
    "0/outputs/head/fc": np.array(3.5),
    "words": np.array([["a", "é"], ["", "xyz"]]),
    "half": np.array([1.5, -2], ml_dtypes.bfloat16),
    "flags": np.array([True, False]),
    "big": np.arange(3, dtype=">f8"),
    "none": np.zeros((0, 4), "float16"),
    "no words": np.zeros((0,), object),
}


def test_arrays_come_back(tmp_path):
    npz.save(tmp_path / "a.npz", ARRAYS)
    found = npz.load(tmp_path / "a.npz")
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert npz.dtype_name(found[name]) == npz.dtype_name(array)
        np.testing.assert_array_equal(found[name], npz.strings(array))


def test_the_bytes_depend_on_the_arrays_alone(monkeypatch):
    one = npz.to_bytes(ARRAYS)
    monkeypatch.setattr("time.localtime", lambda *_: (2001, 2, 3, 4, 5, 6, 0, 0, 0))
    assert npz.to_bytes(dict(reversed(ARRAYS.items()))) == one
    infos = zipfile.ZipFile(io.BytesIO(one)).infolist()
    assert {i.date_time for i in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_numpy_reads_it(tmp_path):
    npz.save(tmp_path / "a.npz", {"0/inputs/x": ARRAYS["0/inputs/x"]})
    with np.load(tmp_path / "a.npz") as archive:
        np.testing.assert_array_equal(archive["0/inputs/x"], ARRAYS["0/inputs/x"])


def test_pickles_are_refused_by_name(tmp_path):
    np.savez(tmp_path / "a.npz", good=np.zeros(1), bad=np.array([{}], dtype=object))
    with pytest.raises(Damaged) as caught:
        npz.load(tmp_path / "a.npz")
    (problem,) = caught.value.problems
    assert problem.where == "bad"
    assert "pickles" in caught.value.help


@pytest.mark.parametrize("damage", ["html", "cut", "flipped", "bare", "twice"])
def test_damaged_archives(tmp_path, damage):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=np.arange(1000))
    data = bytearray(path.read_bytes())
    if damage == "html":
        path.write_bytes(b"<html>")
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "flipped":
        data[200] ^= 0xFF
        path.write_bytes(data)
    elif damage == "bare":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("x.npy", archive.read("x.npy"))
    with pytest.raises(Damaged):
        npz.load(path)


def test_a_string_that_numpy_would_cut_is_refused():
    with pytest.raises(NotSupported):
        npz.to_bytes({"x": np.array([b"a\0"], dtype=object)})

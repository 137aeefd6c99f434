import io
import json
import os
import struct
import tracemalloc
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
    found = npz.load(tmp_path / "a.npz", ours=True)
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


def member(shape, dtype="<f8", data=b"", version=b"\x01\x00"):
    """An .npy whose header says what it likes."""
    text = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + data


def archive_of(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        member((1 << 40,)),
        member((-1,), data=bytes(64)),
        member((True, -(1 << 70)), data=bytes(64)),
        member((0, 1 << 80)),
        member((1 << 30,), "|S0"),
        member((1,) * 100, data=bytes(8)),
        member((1,), "|V8", bytes(8)),
        member((1,), [("a", "<f8")], bytes(8)),
        member((1,), "|O", bytes(8)),
        member((1,), "nonsense", bytes(8)),
        member((1,), "<U1", b"\xff" * 4),
        member((1,), "<U1", b"\0\xd8\0\0"),
        member((1,), data=bytes(8), version=b"\x03\x00"),
        member((2,), data=bytes(8)),
        b"\x93NUMPY\x01\x00\x06\x00" + b"{'a':(",
        b"\x93NUMPY\x01\x00\x06\x00" + b"[1,2]\n",
        b"\x93NUMPY\x01\x00\x0a\x00" + b"\n  x\n y\n z",
        b"\x93NUMPY\x02\x00" + b"\xff" * 4,
        b"\x93NUMPY\x01\x00\xb8\x0b" + b"(" * 3000,
        b"",
    ],
)
def test_headers_that_lie_are_refused_without_memory(tmp_path, data):
    path = archive_of(tmp_path / "a.npz", {"x": data})
    tracemalloc.start()
    try:
        with pytest.raises(Damaged) as caught:
            npz.load(path)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert caught.value.problems[0].where == "x"


def test_bfloat16_that_numpy_forgot_is_said(tmp_path):
    np.savez(tmp_path / "a.npz", x=ARRAYS["half"])
    with pytest.raises(Damaged) as caught:
        npz.load(tmp_path / "a.npz")
    assert "save bfloat16 as float32" in caught.value.problems[0].what


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    data = member((1 << 22,), "|u1", bytes(1 << 22))
    path = archive_of(tmp_path / "a.npz", {"x": data, "y": data})
    assert set(npz.load(path)) == {"x", "y"}
    monkeypatch.setattr(npz, "LIMIT", 1 << 23)
    with pytest.raises(Damaged, match="read at most"):
        npz.load(path)
    assert set(npz.load(path, only=("x",))) == {"x"}
    monkeypatch.setattr(npz, "FLOOR", 1 << 20)
    monkeypatch.setattr(npz, "RATIO", 100)
    with pytest.raises(Damaged, match="more than any array packs to"):
        npz.load(path, only=("x",))


def test_a_file_of_ours_may_be_as_big_as_it_is(tmp_path, monkeypatch):
    npz.save(tmp_path / "a.npz", {"x": np.arange(1000)})
    monkeypatch.setattr(npz, "LIMIT", 100)
    assert npz.load(tmp_path / "a.npz", ours=True)["x"].size == 1000
    with pytest.raises(Damaged):
        npz.load(tmp_path / "a.npz")


def test_too_many_strings_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(npz, "STRINGS", 3)
    np.savez(tmp_path / "a.npz", x=np.array(["a"] * 4))
    with pytest.raises(Damaged) as caught:
        npz.load(tmp_path / "a.npz")
    assert "4 strings" in caught.value.problems[0].what


@pytest.mark.parametrize("kind", ["pipe", "folder", "nothing", "loop", "empty"])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "a.npz"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "empty":
        path.touch()
    with pytest.raises(Damaged):
        npz.load(path)


def test_every_byte_changed_is_read_or_damaged(tmp_path):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=np.arange(4), s=np.array(["ab"]))
    data = path.read_bytes()
    for at in range(len(data)):
        for value in (0, 0xFF, data[at] ^ 1):
            path.write_bytes(data[:at] + bytes([value]) + data[at + 1 :])
            try:
                npz.load(path)
            except Damaged:
                continue


@pytest.mark.parametrize(
    "types",
    [b"[]", b"{", b"\xff", b"[" * 100_000, b'{"x": 1}', b'{"x": "float32"}', b'{"y": "bfloat16"}',
     b'{"x": "bfloat16"}'],
)  # fmt: skip
def test_types_that_make_no_sense(tmp_path, types):
    members = {"dtypes": np.frombuffer(types, np.uint8), "x": np.zeros((), "float64")}
    np.savez(tmp_path / "a.npz", **members)
    with pytest.raises(Damaged):
        npz.load(tmp_path / "a.npz", ours=True)


def test_the_types_of_a_stranger_are_an_array_like_others(tmp_path):
    types = np.frombuffer(json.dumps({"x": "bfloat16"}).encode(), np.uint8)
    np.savez(tmp_path / "a.npz", dtypes=types, x=np.zeros(2, "uint16"))
    found = npz.load(tmp_path / "a.npz")
    assert found["x"].dtype == np.uint16
    assert found["dtypes"].size == types.size

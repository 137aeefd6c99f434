import os
import pickle
import socket
import zipfile

import h5py
import numpy as np
import pytest

from tfmigrate import sources
from tfmigrate.errors import Damaged, NotRecognised, SourceProblem


def _refused(path):
    with pytest.raises(SourceProblem) as caught:
        sources.identify(path)
    assert caught.value.where == str(path)
    assert caught.value.exit_code == 3
    return caught.value


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 58728\n"
SAFETENSORS = b"\x20\x00\x00\x00\x00\x00\x00\x00" + b'{"a":{"dtype":"F32"}}'.ljust(32) + b"\0" * 16


@pytest.mark.parametrize(
    ("name", "content", "said", "help"),
    [
        ("m.h5", b"<!DOCTYPE html>\n<html>", "an HTML page", "download it again"),
        ("m.h5", b"\xef\xbb\xbf\r\n<HTML><body>", "an HTML page", "download it again"),
        ("m.h5", b'<?xml version="1.0"?>\n<html lang="en">', "an HTML page", "download it again"),
        ("m.h5", b'<?xml version="1.0"?>\n<Error><Code>AccessDenied', "an XML file", "S3"),
        ("m.h5", LFS, "a Git LFS pointer", "git lfs pull"),
        ("m.h5", b"", "the file is empty", "copy or download"),
        ("m.h5", b"\0" * 9000, "zero bytes", "copy it again"),
        ("m.pkl", pickle.dumps({"a": 1}), "a Python pickle", ""),
        ("m.tflite", b"\x1c\0\0\0TFL3" + b"\0" * 50, "a TensorFlow Lite model", ""),
        ("m.onnx", b"\x08\x07\x12\x07pytorch", "an ONNX model", ""),
        ("m.safetensors", SAFETENSORS, "a safetensors file", ""),
        ("m.npy", b"\x93NUMPY\x01\x00v\x00", "a NumPy array", ""),
        ("m.h5.gz", b"\x1f\x8b\x08\x00" + b"x" * 50, "a gzip archive", "unpack it"),
        ("m.json", b'{"class_name": "Model", "config": {}}', "it is JSON", "--recipe"),
        ("m.h5", bytes(range(100, 200)), "none of the formats", "Keras H5"),
    ],
)
def test_files_of_other_kinds_are_named(tmp_path, name, content, said, help):
    path = tmp_path / name
    path.write_bytes(content)
    error = _refused(path)
    assert said in error.what
    assert help in error.help


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (["archive/data.pkl", "archive/data/0"], "a PyTorch model"),
        (["arr_0.npy"], "a NumPy archive"),
        (["sub/saved_model.pb"], "it holds 'sub/saved_model.pb'"),
        (["readme.txt"], "not a Keras one"),
    ],
)
def test_zips_of_other_kinds_are_named(tmp_path, members, said):
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, b"x")
    assert said in _refused(path).what


def test_an_hdf5_file_of_another_program_is_named(tmp_path):
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file["measurements"] = np.arange(3)
    assert "holds measurements, but no Keras model" in _refused(path).what
    with h5py.File(path, "a") as file:
        file.attrs["PYTABLES_FORMAT_VERSION"] = "2.1"
    assert "a PyTables or pandas file" in _refused(path).what


def test_pipes_sockets_and_devices_answer_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    assert "a named pipe" in _refused(tmp_path / "pipe.h5").what
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s.h5"))
        assert "a socket" in _refused(tmp_path / "s.h5").what
    (tmp_path / "zero.h5").symlink_to("/dev/zero")
    assert "a device" in _refused(tmp_path / "zero.h5").what


def test_nothing_there(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"x")
    error = _refused(tmp_path / "modle.h5")
    assert isinstance(error, NotRecognised)
    assert "no such file" in error.what
    assert "'model.h5'" in error.help
    (tmp_path / "gone.h5").symlink_to("nowhere.h5")
    broken = _refused(tmp_path / "gone.h5")
    assert isinstance(broken, Damaged)
    assert "a link to 'nowhere.h5'" in broken.what


def test_folders_without_a_model(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    assert "the folder is empty" in _refused(folder).help
    (folder / "model.h5").write_bytes(b"x")
    assert "there is 'model.h5' in it" in _refused(folder).help
    exports = tmp_path / "exports"
    (exports / "1587000000").mkdir(parents=True)
    (exports / "1587000000" / "saved_model.pb").write_bytes(b"x")
    assert "there is '1587000000' in it" in _refused(exports).help


def test_no_permission(tmp_path, monkeypatch):
    path = tmp_path / "m.h5"
    path.write_bytes(b"x")
    path.chmod(0)
    # The superuser may read everything, so the question itself is answered here.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "not allowed" in _refused(path).what


def test_names_are_printed_safely(tmp_path):
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\x1b[31m.h5", b"x")
    assert "\x1b" not in str(_refused(path))

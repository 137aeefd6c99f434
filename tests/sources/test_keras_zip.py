import io
import json
import pathlib
import stat
import zipfile

import h5py
import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotSupported, UnsafeContent
from tfmigrate.sources import h5_datasets, keras_zip

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures" / "sources"
SECRET = b"the secret of the host"

CONFIG = {"module": "keras", "class_name": "Sequential", "registered_name": None, "config": {
    "name": "m", "layers": [{"module": "keras.layers", "class_name": "Dense",
                             "config": {"name": "d"}, "registered_name": None}]}}  # fmt: skip


def _described(path):
    kind = keras_zip.identify(path)
    assert kind is not None
    return keras_zip.describe(path, kind)


def _h5(fill=None):
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.create_group("layers/dense/vars").attrs["name"] = "d"
        file["layers/dense/vars/0"] = np.arange(6, dtype="f4").reshape(3, 2)
        if fill:
            fill(file)
    return stream.getvalue()


def _members(**changed):
    members = {
        "metadata.json": json.dumps({"keras_version": "3.8.0"}),
        "config.json": json.dumps(CONFIG),
        "model.weights.h5": _h5(),
    }
    return {k: v for k, v in (members | changed).items() if v is not None}


def _archive(tmp_path, members, method=zipfile.ZIP_STORED, name="m.keras"):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", method) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("case", "kind", "writer", "layer"),
    [
        ("k312_lora", "keras-zip", ("Keras", "3.12.0"), "layers/dense"),
        (
            "tf215_bidir_backward",
            "keras-zip-tfkeras",
            ("tf.keras", "2.15.0"),
            "layers/bidirectional",
        ),
    ],
)
def test_archives_of_the_real_runtimes(case, kind, writer, layer):
    path = FIXTURES / case / "model.keras"
    source = _described(path)
    assert source.kind == kind
    assert (source.writer.name, source.writer.version) == writer
    assert any(found.name.startswith(layer) for found in source.layers)
    with zipfile.ZipFile(path) as archive, keras_zip.values(source) as read:
        assert source.architecture == json.loads(archive.read("config.json"))
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
            for tensor in source.tensors:
                assert np.array_equal(read(tensor.name), file[tensor.name][()])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_stored_weights_are_mapped_in_the_archive(tmp_path, method, monkeypatch):
    monkeypatch.setattr(h5_datasets, "MAP_FROM", 1)
    source = _described(_archive(tmp_path, _members(), method))
    assert source.layers[0].class_name == "Dense"
    with keras_zip.values(source) as read:
        found = read("layers/dense/vars/0")
    assert found.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert isinstance(found, np.memmap) == (method == zipfile.ZIP_STORED)


def test_the_name_does_not_matter(tmp_path):
    source = _described(_archive(tmp_path, _members(), name="m.h5"))
    assert source.kind == "keras-zip"
    assert any("although it is called m.h5" in note for note in source.notes)


def test_without_metadata_the_modules_decide(tmp_path):
    source = _described(_archive(tmp_path, _members(**{"metadata.json": None})))
    assert source.kind == "keras-zip"
    assert any("metadata.json is missing" in note for note in source.notes)
    old = CONFIG | {"module": "keras.src.engine.functional", "class_name": "Functional"}
    members = _members(**{"metadata.json": None, "config.json": json.dumps(old)})
    assert _described(_archive(tmp_path, members)).kind == "keras-zip-tfkeras"


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out", "..\\out", "C:out"])
def test_names_that_leave_the_archive_are_refused(tmp_path, name):
    path = _archive(tmp_path, _members() | {name: "x"})
    with pytest.raises(UnsafeContent, match="points out of the archive"):
        _described(path)
    assert list(tmp_path.iterdir()) == [path]


def test_symbolic_links_are_refused(tmp_path):
    path = _archive(tmp_path, _members())
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/hostname")
    with pytest.raises(UnsafeContent, match="symbolic link"):
        _described(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path):
    path = _archive(tmp_path, _members())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(Damaged, match=r"two members are called 'config\.json'"):
        _described(path)


def test_encrypted_members_are_refused(tmp_path):
    path = _archive(tmp_path, _members())
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(NotSupported, match="is encrypted"):
        _described(path)


def test_too_many_members_are_refused(tmp_path):
    path = _archive(tmp_path, _members() | {f"x{k}": "" for k in range(10_000)})
    with pytest.raises(UnsafeContent, match="more than 10,000"):
        _described(path)


def test_a_zip_bomb_is_refused(tmp_path):
    members = _members(**{"assets/x": b" " * (65 * 2**20)})
    path = _archive(tmp_path, members, zipfile.ZIP_DEFLATED)
    with pytest.raises(UnsafeContent, match="would grow"):
        _described(path)


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5"])
def test_a_wrong_checksum_is_damage(tmp_path, member):
    path = _archive(tmp_path, _members())
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(member)
    content[info.header_offset + 30 + len(member) + info.file_size - 3] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged, match=f"the member {member} is damaged"):
        _described(path)


def test_cut_archives_are_damage(tmp_path):
    path = _archive(tmp_path, _members())
    whole = path.read_bytes()
    for percent in range(5, 100, 5):
        path.write_bytes(whole[: len(whole) * percent // 100])
        with pytest.raises(Damaged):
            keras_zip.identify(path)


def test_missing_members_are_told(tmp_path):
    with pytest.raises(Damaged, match=r"has no model.weights.h5"):
        _described(_archive(tmp_path, _members(**{"model.weights.h5": None})))
    npz = _members(**{"model.weights.h5": None, "model.weights.npz": "x"})
    with pytest.raises(NotSupported, match=r"model.weights.npz"):
        _described(_archive(tmp_path, npz))
    assert keras_zip.identify(_archive(tmp_path, _members(**{"config.json": None}))) is None


@pytest.mark.parametrize(
    "fill",
    [
        lambda f, p: f.create_dataset("w", (22,), "u1", external=[(str(p), 0, 22)]),
        lambda f, p: f.__setitem__("w", h5py.ExternalLink(str(p), "/")),
    ],
)
def test_weights_that_reach_out_are_refused(tmp_path, fill):
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    members = _members(**{"model.weights.h5": _h5(lambda f: fill(f, secret))})
    with pytest.raises(UnsafeContent) as caught:
        _described(_archive(tmp_path, members))
    assert SECRET.decode() not in str(caught.value)


def test_a_module_in_the_current_folder_is_never_imported(tmp_path, monkeypatch):
    (tmp_path / "evil_here.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    config = CONFIG | {"module": "evil_here", "class_name": "Thing"}
    source = _described(_archive(tmp_path, _members(**{"config.json": json.dumps(config)})))
    assert ("foreign-module", 5) in [(h.code, h.exit_code) for h in source.hazards]
    assert source.next_command == ""
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("config", ["[]", "{}", '{"class_name": "M", "config": []}', "no json"])
def test_configs_that_are_no_model_are_damage(tmp_path, config):
    with pytest.raises(Damaged, match=r"config.json of"):
        _described(_archive(tmp_path, _members(**{"config.json": config})))

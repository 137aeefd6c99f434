"""Everything here is saved and loaded in processes of its own, as it is in use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tfmigrate.export import saved_model
from tfmigrate.parity.oldest import oldest
from tfmigrate.parity.portable import nodes

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
REPOSITORY = str(HERE.parent.parent)


REFUSED = {
    "prefix": ("NotSupported", ["w: the name is also the beginning", "x/.ATTRIBUTES"]),
    "twins": ("ValueError", ["two names: a and b"]),
    "stranger": ("ValueError", ["hidden:0"]),
    "wrong_shape": ("ValueError", ["output y has shape (None, 3)", "(None, 4)"]),
}


def run(script, *arguments):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONHASHSEED"}
    done = subprocess.run(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        env={**environment, "PYTHONPATH": REPOSITORY, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def files(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The model with every hard name, and a table; each folder again from another process."""
    folders = [tmp_path_factory.mktemp(f"saved{i}") for i in range(2)]
    said = [run("saving.py", folder, "two_outputs", "table", "file_table") for folder in folders]
    assert said[0] == said[1]
    return folders[0] / "two_outputs", said[0]["two_outputs"], folders


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """Everything else, in one process."""
    folder = tmp_path_factory.mktemp("others")
    cases = ("fixed", "baked", "reshaping", "twice", *REFUSED)
    return folder, run("saving.py", folder, *cases)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    path = tmp_path_factory.mktemp("inputs") / "inputs.npz"
    rng = np.random.default_rng(1)
    np.savez(path, head_in=rng.normal(size=(4, 3)).astype("f4"), lambda_=np.ones((4, 1), "i4"))
    return path


def outputs(path, said):
    with np.load(path) as arrays:
        return dict(zip(said["outputs"], (arrays[n] for n in arrays.files), strict=True))


def test_an_old_tensorflow_can_load_it(saved):
    """Loaded and run by the real 1.15 and 2.0 when this was written."""
    found = oldest(nodes(saved[0]))
    assert (found.oldest, found.because) == ("1.15", ())


def test_the_signature_comes_back_as_asked(saved):
    _, said, _ = saved
    assert said["exported"] == said["asked"]
    assert [s["name"] for s in said["exported"]["inputs"]] == ["head_in", "lambda_"]


def test_python_and_the_c_loader_answer_alike(saved, inputs, tmp_path):
    folder, _, _ = saved
    python = run("loading.py", inputs, tmp_path / "python.npz", folder)
    c = run("c_loader.py", folder, "serving_default", inputs, tmp_path / "c.npz")
    assert set(c["signature"]["inputs"]) == {"head_in", "lambda_"}
    assert set(c["outputs"]) == set(python["outputs"]) == {"head/fc", "a b", "é"}
    one, other = outputs(tmp_path / "python.npz", python), outputs(tmp_path / "c.npz", c)
    assert one["head/fc"].shape == (4, 3)
    assert np.ptp(one["é"]) > 0
    for name, array in one.items():
        np.testing.assert_allclose(other[name], array, rtol=1e-5, atol=1e-6)


def test_every_variable_is_stored_once_under_its_bundle_key(saved, inputs, tmp_path):
    import saving_layers

    folder, _, _ = saved
    keys = run("loading.py", inputs, tmp_path / "out.npz", folder)["keys"]
    keys.remove("_CHECKPOINTABLE_OBJECT_GRAPH")
    wanted = [f"{layer}/{leaf}" for layer in saving_layers.LAYERS for leaf in ("kernel", "bias")]
    assert sorted(keys) == sorted(saved_model.bundle_key(name) for name in wanted)
    size = (folder / "variables" / "variables.data-00000-of-00001").stat().st_size
    assert size < len(wanted) // 2 * 48 + 6000  # the weights, once, and the object graph


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("conv1/kernel", "weights/conv1/kernel/.ATTRIBUTES/VARIABLE_VALUE"),
        ("a.b/kernel", "weights/a..b/kernel/.ATTRIBUTES/VARIABLE_VALUE"),
        ("w", "weights/w/.ATTRIBUTES/VARIABLE_VALUE"),
    ],
)
def test_bundle_key(name, key):
    assert saved_model.bundle_key(name) == key


@pytest.mark.parametrize("case", ["two_outputs", "table", "file_table"])
def test_two_processes_write_the_same_bytes(case, saved):
    one, other = (files(folder / case) for folder in saved[2])
    assert sorted(one) == sorted(other)
    assert [n for n in one if one[n] != other[n]] == []
    assert {"saved_model.pb", "fingerprint.pb", "variables/variables.index"} <= set(one)


def test_nothing_of_this_machine_is_written(saved):
    folder, _, _ = saved
    for name, data in files(folder).items():
        for place in (REPOSITORY, str(folder), str(Path.home()) + "/", sys.prefix):
            assert place.encode() not in data, name


def test_a_table_is_saved_with_its_content(saved, tmp_path):
    np.savez(tmp_path / "in.npz", words=np.array([b"a", b"c", b"?"]))
    arguments = (tmp_path / "in.npz", tmp_path / "out.npz", saved[2][0] / "table")
    said = run("loading.py", *arguments)
    assert outputs(tmp_path / "out.npz", said)["ids"].tolist() == [2, 3, -1]


def test_a_file_of_words_is_carried_along(saved, tmp_path):
    folder = saved[2][0] / "file_table"
    assert (folder / "assets" / "words.txt").read_text() == "b\na\nc\n"
    for data in files(folder).values():
        assert str(saved[2][0]).encode() not in data
    np.savez(tmp_path / "in.npz", words=np.array([b"a", b"c", b"?"]))
    moved = tmp_path / "moved"
    folder.rename(moved)
    (saved[2][0] / "words.txt").unlink()
    said = run("loading.py", tmp_path / "in.npz", tmp_path / "out.npz", moved)
    assert outputs(tmp_path / "out.npz", said)["ids"].tolist() == [1, 2, -1]
    moved.rename(folder)


def test_shapes_are_read_back_from_the_trace(others):
    said = {c: others[1][c] for c in ("fixed", "baked", "reshaping", "twice")}
    shape = {c: s["exported"]["outputs"][0]["shape"] for c, s in said.items()}
    assert said["fixed"]["exported"] == said["fixed"]["asked"]
    assert shape["fixed"] == [8, 3]
    # A batch that the graph fixed is not hidden behind the signature that was asked for.
    assert shape["baked"] == [8, 3]
    # A dimension that tracing lost is what the signature says, checked when it runs.
    assert shape["reshaping"] == [None, 3]
    assert [s["name"] for s in said["twice"]["exported"]["outputs"]] == ["one", "two"]


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_saved_is_refused(others, case):
    error, texts = REFUSED[case]
    folder, said = others[0] / case, others[1][case]
    assert said["error"] == error
    assert all(text in said["text"] for text in texts), said["text"]
    assert files(folder) == {}

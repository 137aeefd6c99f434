"""Files that want to run, to read, to eat or to deceive: refused in words, and nothing is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.hostile.craft import dense, input_layer, layer, object_of, write_h5, write_keras

ROOT = Path(__file__).parents[2]
SECRET = "the content of another file"
Craft = Callable[[Path], Path]


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line as a user calls it."""
    return subprocess.run(
        [sys.executable, "-m", "tfmigrate", *map(str, arguments)],
        capture_output=True, text=True, timeout=60, cwd=cwd, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def h5(*layers: object) -> Craft:
    return lambda folder: write_h5(folder / "model.h5", [input_layer(), *layers])  # type: ignore[list-item]


def keras(*layers: object, **members: bytes) -> Craft:
    return lambda folder: write_keras(folder / "model.keras", list(layers), **members)  # type: ignore[arg-type]


def changed(change: Callable[[h5py.File], object]) -> Craft:
    def craft(folder: Path) -> Path:
        path = write_h5(folder / "model.h5", [input_layer(), dense()])
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    return craft


def _replace_kernel(file: h5py.File, **how: object) -> None:
    del file["model_weights/d/d/kernel:0"]
    file.create_dataset("model_weights/d/d/kernel:0", (3, 2), "f4", **how)


def _virtual(file: h5py.File) -> None:
    del file["model_weights/d/d/kernel:0"]
    layout = h5py.VirtualLayout((3, 2), "f4")
    layout[:] = h5py.VirtualSource("secret.txt", "x", (3, 2))
    file.create_virtual_dataset("model_weights/d/d/kernel:0", layout)


def _link(link: object) -> Callable[[h5py.File], object]:
    def change(file: h5py.File) -> None:
        del file["model_weights/d"]
        file["model_weights/d"] = link

    return change


def _shape_bomb(file: h5py.File) -> None:
    file.create_dataset("bomb", (2**40,), "f4", chunks=(2**20,))


CODE = "4wEAAAAAAAAAAAAAAAEAAAACAAAAQwAAAHMEAAAAZAFTACkCTukBAAAAqQCpAXIC"
LAMBDA = layer(
    "Lambda", function=[CODE, None, None], function_type="lambda", module="m", arguments={}
)
PATH = "/etc/hostname"

UNSAFE: dict[str, tuple[Craft, str]] = {
    "lambda": (h5(LAMBDA), "Lambda"),
    "wrapped lambda": (h5(layer("TimeDistributed", layer=LAMBDA)), "Lambda"),
    "lambda in a model in a model": (
        h5(layer("Sequential", layers=[input_layer(), layer("Sequential", layers=[LAMBDA])])),
        "Lambda",
    ),
    "lambda in .keras": (
        keras(
            layer(
                "Lambda", function={"class_name": "__lambda__", "config": {"code": CODE}}
            )
        ),
        "Lambda",
    ),
    "a module in an initializer": (
        h5(dense(kernel_initializer=object_of("os", "system", command="touch MARKER"))),
        "os.system",
    ),
    "a module as activation": (
        h5(dense(activation=object_of("subprocess", "Popen", args=["touch", "MARKER"]))),
        "subprocess.Popen",
    ),
    "a module in a dtype": (h5(dense(dtype=object_of("this", "Policy"))), "this.Policy"),
    "a module as layer": (keras({**object_of("antigravity", "Dense"), "name": "d"}),
                          "antigravity.Dense"),
    "a vocabulary path": (h5(layer("StringLookup", vocabulary=PATH)), PATH),
    "a vocabulary path in .keras": (
        keras({**layer("StringLookup", vocabulary=PATH), "module": "keras.layers"}), PATH,
    ),
    "TFSMLayer": (keras({**layer("TFSMLayer", filepath="/x"), "module": "keras.layers"}),
                  "TFSMLayer"),
    "TFOpLambda": (h5(layer("TFOpLambda", function="io.write_file")), "io.write_file"),
    "TensorFlowOpLayer": (
        h5(layer("TensorFlowOpLayer", node_def=json.dumps({"name": "w", "op": "WriteFile"}))),
        "WriteFile",
    ),
    "external storage": (
        changed(lambda f: _replace_kernel(f, external=[("secret.txt", 0, 24)])),
        "external storage",
    ),
    "soft link": (changed(_link(h5py.SoftLink("/model_weights"))), "link"),
    "external link": (changed(_link(h5py.ExternalLink("other.h5", "/d"))), "link"),
    "virtual dataset": (changed(_virtual), "virtual"),
    "shape bomb": (changed(_shape_bomb), "declares"),
    "path in an archive": (keras(dense(), **{"../x": b"x"}), "out of the archive"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_content_is_refused_and_nothing_is_run_or_left(name: str, tmp_path: Path) -> None:
    craft, said = UNSAFE[name]
    (tmp_path / "secret.txt").write_text(SECRET)
    path = craft(tmp_path)
    before = sorted(os.listdir(tmp_path))
    done = run("h5-to-savedmodel", path, tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 5, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert sorted(os.listdir(tmp_path)) == before


def _deflated(folder: Path) -> Path:
    path = write_keras(folder / "model.keras", [])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/x", bytes(2**28))
    return path


def test_an_archive_that_grows_beyond_measure_is_refused(tmp_path: Path) -> None:
    done = run("inspect", _deflated(tmp_path), cwd=tmp_path)
    assert done.returncode in (3, 5)
    assert "would grow" in done.stderr


def _deep(file: h5py.File) -> None:
    file.attrs["model_config"] = "[" * 30_000


def _doubled(file: h5py.File) -> None:
    file.attrs["model_config"] = '{"class_name": "Sequential", "class_name": "X", "config": {}}'


DAMAGED: dict[str, Craft] = {
    "deep": changed(_deep),
    "doubled key": changed(_doubled),
    "not JSON": changed(lambda f: f.attrs.__setitem__("model_config", "{")),
    "a number": changed(lambda f: f.attrs.__setitem__("model_config", 3)),
    "complex": changed(lambda f: f.create_dataset("c", data=np.ones(2, "c8"))),
    "listed twice": changed(
        lambda f: f["model_weights/d"].attrs.__setitem__("weight_names", [b"d/bias:0"] * 2)
    ),
    "not listed": changed(lambda f: f["model_weights"].attrs.__delitem__("layer_names")),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_told_in_words(name: str, tmp_path: Path) -> None:
    path = DAMAGED[name](tmp_path)
    done = run("h5-to-savedmodel", path, tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == [path.name]


FOREIGN = {
    "page": b"<!DOCTYPE html><html></html>",
    "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    "empty": b"",
    "zip": b"PK\x03\x04" + bytes(40),
    "signature": b"\x89HDF\r\n\x1a\n",
    "noise": bytes(range(256)),
}


@pytest.mark.parametrize("suffix", [".h5", ".keras", ".index"])
def test_what_is_no_model_is_recognised_as_none(suffix: str, tmp_path: Path) -> None:
    for name, body in FOREIGN.items():
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(body)
        done = run("inspect", path, cwd=tmp_path)
        assert done.returncode == 3, (name, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr


def test_a_pipe_called_h5_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.h5")
    done = run("h5-to-savedmodel", tmp_path / "model.h5", tmp_path / "out", cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr


def test_names_from_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    evil = "d\x1b]0;x\x07\u202e"
    path = write_h5(tmp_path / "model.h5", [input_layer(), dense(name=evil)])
    with h5py.File(path, "r+") as file:
        file["model_weights"].attrs["layer_names"] = [evil.encode()]
        file["model_weights"].move("d", evil)
    for arguments in (("inspect", path, "-v"), ("h5-to-savedmodel", path, tmp_path / "out")):
        done = run(*arguments, cwd=tmp_path)
        assert not set("\x1b\x07\u202e") & set(done.stdout + done.stderr)
        assert "Traceback" not in done.stderr


def test_a_small_file_that_asks_for_much_memory_is_refused_soon(tmp_path: Path) -> None:
    shape = (None, 400_000)
    path = write_h5(tmp_path / "model.h5", [input_layer(shape), dense(units=2_000)])
    done = run("h5-to-savedmodel", path, tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    assert "2000" in done.stderr
    assert os.listdir(tmp_path) == ["model.h5"]


@pytest.mark.parametrize("there", ["a file", "an empty folder", "a folder", "a link"])
def test_what_is_at_output_stays_as_it_is(there: str, tmp_path: Path) -> None:
    path, out = write_h5(tmp_path / "model.h5", [input_layer(), dense()]), tmp_path / "out"
    if there == "a file":
        out.write_text("mine")
    elif there == "a link":
        out.symlink_to("nowhere")
    else:
        out.mkdir()
    if there == "a folder":
        (out / "mine").write_text("mine")
    done = run("h5-to-savedmodel", path, out, cwd=tmp_path)
    assert done.returncode == 2
    assert "is left as it is" in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["model.h5", "out"]
    assert there != "a file" or out.read_text() == "mine"
    assert there != "a folder" or (out / "mine").read_text() == "mine"
    assert there != "a link" or os.readlink(out) == "nowhere"


@pytest.mark.parametrize(
    "how",
    [
        {"class_name": "__typespec__", "module": "this", "spec_name": "X",
         "registered_name": None, "config": []},
        {"compile_config": object_of("this", "X")},
        {"training_config": object_of("keras.layers", "StringLookup", vocabulary="/etc/passwd")},
        {"class_name": "function", "module": "keras.models", "registered_name": "load_model",
         "config": "load_model"},
    ],
)  # fmt: skip
def test_objects_hidden_in_a_standardization_are_refused(how, tmp_path):
    vectorization = layer(
        "TextVectorization", dtype="string", max_tokens=10, standardize=how, split="whitespace",
        ngrams=None, output_mode="int", output_sequence_length=4, vocabulary=["a", "b"],
    )  # fmt: skip
    known = {"module": "keras.layers", "registered_name": None}
    path = write_h5(
        tmp_path / "m.h5", [input_layer((None, 1), "string"), {**vectorization, **known}]
    )
    done = run("h5-to-savedmodel", path, tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 5, done.stderr
    assert not (tmp_path / "out").exists()

"""Lambdas whose code would do something: read, never run, and refused by name."""

from __future__ import annotations

import base64
import json
import marshal
import os
from pathlib import Path

import pytest

from tests.hostile.craft import dense, input_layer, layer, write_h5, write_keras
from tests.hostile.test_hostile_files import SECRET, run

# Each would leave the file MARKER, or show what another file holds, if anything ran it.
CODE = {
    "a shell": "lambda x: __import__('os').system('touch MARKER')",
    "an open file": "lambda x: open('MARKER', 'w').write('x')",
    "a written file": "lambda x: tf.io.write_file('MARKER', 'x')",
    "a file that is read": "lambda x: tf.io.read_file('secret.txt')",
    "an old name for it": "lambda x: tf.read_file('secret.txt')",
    "an array from a file": "lambda x: np.fromfile('secret.txt', 'u1')",
    "a pickle": "lambda x: np.load('secret.txt', allow_pickle=True)",
    "Python in the graph": "lambda x: tf.py_function(lambda: open('MARKER', 'w'), [], tf.float32)",
    "a library": "lambda x: tf.load_op_library('secret.txt')",
    "a download": "lambda x: keras.utils.get_file('MARKER', 'file:secret.txt')",
    "another model": "lambda x: tf.keras.models.load_model('secret.txt')",
    "eval": 'lambda x: eval(\'open("MARKER", "w")\')',
    "the way to object": "lambda x: x.__class__.__mro__[-1].__subclasses__()",
    "the globals of a function": "lambda x: K.mean.__globals__['os'].system('touch MARKER')",
    "a module behind an alias": "lambda x: K.tf.io.write_file('MARKER', 'x')",
    "getattr": "lambda x: getattr(tf.io, 'write_file')('MARKER', 'x')",
    "an import inside": "def f(x):\n    import os\n    os.system('touch MARKER')\n    return x",
}


def stored(source: str) -> str:
    """The code of a function as Keras 2 and 3 store it."""
    space: dict[str, object] = {}
    exec(source if source.startswith("def") else f"f = {source}", space)
    code = space["f"].__code__  # type: ignore[attr-defined]
    return base64.b64encode(marshal.dumps(code)).decode()


def in_h5(folder: Path, code: str) -> Path:
    lambda_ = layer("Lambda", function=[code, None, None], function_type="lambda", arguments={})
    return write_h5(folder / "model.h5", [input_layer(), lambda_])


def in_keras(folder: Path, code: str) -> Path:
    function = {"class_name": "__lambda__", "config": {"code": code}}
    return write_keras(folder / "model.keras", [layer("Lambda", function=function)])


def in_a_merge(folder: Path, code: str) -> Path:
    text = base64.b64decode(code).decode("raw_unicode_escape")
    merge = layer("Merge", mode=[text, None, None], mode_type="lambda", arguments={})
    return write_h5(folder / "model.h5", [input_layer(), merge])


def in_a_layer_of_a_layer(folder: Path, code: str) -> Path:
    lambda_ = layer("Lambda", function=[code, None, None], function_type="lambda", arguments={})
    inner = layer("Sequential", layers=[input_layer(), layer("TimeDistributed", layer=lambda_)])
    return write_h5(folder / "model.h5", [input_layer(), inner])


def refused(path: Path, folder: Path) -> None:
    (folder / "secret.txt").write_text(SECRET)
    before = sorted(os.listdir(folder))
    done = run("h5-to-savedmodel", path, folder / "out", cwd=folder)
    assert done.returncode == 5, done.stderr
    assert "never run" in done.stderr or "not lifted" in done.stderr or "lift" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("name", CODE)
def test_code_that_would_do_something_is_refused(name, tmp_path):
    refused(in_h5(tmp_path, stored(CODE[name])), tmp_path)


@pytest.mark.parametrize("where", [in_keras, in_a_merge, in_a_layer_of_a_layer])
def test_wherever_it_hides(where, tmp_path):
    refused(where(tmp_path, stored(CODE["a shell"])), tmp_path)


def test_what_only_shapes_or_masks_the_output_is_never_run(tmp_path):
    evil = [stored(CODE["a shell"]), None, None]
    lambda_ = layer(
        "Lambda", function=[stored("lambda x: x * 2.0"), None, None], function_type="lambda",
        arguments={}, output_shape=evil, output_shape_type="lambda", name="l",
    )  # fmt: skip
    path = write_h5(tmp_path / "model.h5", [input_layer(), lambda_, dense()])
    done = run("h5-to-savedmodel", path, tmp_path / "out", "--format", "json", cwd=tmp_path)
    assert not (tmp_path / "MARKER").exists()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["output"]

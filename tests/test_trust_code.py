"""The author's own code, end to end, against what the old runtimes answered."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tfmigrate import pipeline
from tfmigrate.errors import NotSupported, UsageProblem
from tfmigrate.pipeline import Options
from tfmigrate.report import as_text

H5 = "h5-to-savedmodel"
AUTHORS = (
    "k1_attention", "k1_l2norm", "k1_recurrent", "k2_attention", "k2_capsule", "k2_heads",
    "k2_mixed", "tf1_layers", "tf2_transformer", "k3_layers", "k3_layers_subclassed",
)  # fmt: skip


def model_of(fixtures: Path, name: str) -> Path:
    return next((fixtures / "authors").glob(f"{name}.[hk]*"))


def options(fixtures: Path, name: str, **more) -> Options:
    code = fixtures / "authors" / f"{name.removesuffix('_subclassed')}.py"
    return Options(**{"golden": fixtures / "authors" / f"{name}.npz", "trust_code": code, **more})


@pytest.mark.parametrize("name", AUTHORS)
def test_the_author_s_file_runs_unedited_and_answers_as_it_did(fixtures, tmp_path, crew, name):
    source = model_of(fixtures, name)
    done = pipeline.migrate(H5, source, tmp_path / "out", options(fixtures, name), crew=crew)
    assert done.parity
    assert done.parity.level == "recorded"


@pytest.fixture(scope="module")
def migrated(fixtures, tmp_path_factory, crew):
    output = tmp_path_factory.mktemp("authors") / "out"
    asked = options(fixtures, "k2_attention", golden=None)
    return pipeline.migrate(H5, model_of(fixtures, "k2_attention"), output, asked, crew=crew)


def test_what_was_run_is_on_record(fixtures, migrated):
    digest = hashlib.sha256((fixtures / "authors" / "k2_attention.py").read_bytes()).hexdigest()
    assert migrated.trusted == {"k2_attention.py": digest}
    own = Path(migrated.output) / "assets.extra" / "tfmigrate" / "certificate.json"
    certificate = json.loads(own.read_text())
    assert certificate["trusted"] == {"k2_attention.py": digest}
    assert str(fixtures) not in own.read_text()
    assert f"  code run   k2_attention.py, sha256 {digest}" in as_text.render(migrated)


def test_no_other_reader_runs_the_code(migrated):
    assert migrated.parity.level == "rebuilt"
    assert "code of its author" in migrated.parity.notes[0]
    assert set(migrated.walls) == {"rebuilder", "verifier", "noise"}


def refused(fixtures, tmp_path, crew, text: str, name: str = "k2_attention") -> NotSupported:
    code = tmp_path / "arch.py"
    code.write_text(text)
    asked = options(fixtures, name, golden=None, trust_code=code)
    with pytest.raises(NotSupported) as raised:
        pipeline.migrate(H5, model_of(fixtures, name), tmp_path / "out", asked, crew=crew)
    assert not (tmp_path / "out").exists()
    return raised.value


def test_without_the_code_the_model_is_refused(fixtures, tmp_path, crew):
    asked = options(fixtures, "k2_attention", golden=None, trust_code=())
    with pytest.raises(NotSupported) as raised:
        pipeline.migrate(H5, model_of(fixtures, "k2_attention"), tmp_path / "o", asked, crew=crew)
    assert "'Attention'" in raised.value.problems[0].what
    assert "--trust-code" in raised.value.problems[0].help


def test_a_name_that_no_file_defines_is_named(fixtures, tmp_path, crew):
    error = refused(fixtures, tmp_path, crew, "class Atention(object):\n    pass\n")
    assert "'Attention'" in error.problems[0].what
    assert error.problems[0].where == "attention"
    assert error.problems[0].nearest == ("Atention",)


MARK = "import pathlib, socket\n"


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("open({mark!r}, 'w')", "PermissionError"),
        ("open('/etc/passwd').read()", "PermissionError"),
        ("pathlib.Path('/etc').iterdir().__next__()", "PermissionError"),
        ("socket.create_connection(('127.0.0.1', 9), 2)", "PermissionError"),
        ("import os; os.execv('/bin/true', ['true'])", "PermissionError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("import keras_contrib", "No module named 'keras_contrib'"),
        ("import theano.tensor as T", "No module named 'theano'"),
        ("from keras.layers import Nonsense", "cannot import name 'Nonsense'"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_what_the_walls_forbid_and_what_fails_is_told_with_its_line(
    fixtures, tmp_path, crew, deed, said
):
    mark = tmp_path / "marker"
    error = refused(fixtures, tmp_path, crew, MARK + deed.format(mark=str(mark)) + "\n")
    assert said in error.what
    assert error.where == "arch.py, line 2"
    assert not mark.exists()


def test_code_that_fails_while_the_model_is_called_is_no_bug_of_ours(fixtures, tmp_path, crew):
    text = (fixtures / "authors" / "k2_attention.py").read_text()
    broken = text.replace("a = K.exp(K.tanh(eij))", "a = K.nonsense(eij)")
    error = refused(fixtures, tmp_path, crew, broken)
    assert "has no attribute 'nonsense'" in error.what
    line = 1 + broken.splitlines().index("        a = K.nonsense(eij)")
    assert error.where == f"arch.py, line {line}"


def test_code_of_python_2_is_named_with_its_line(fixtures, tmp_path, crew):
    error = refused(fixtures, tmp_path, crew, "import keras\nprint 'hello'\n")
    assert error.where == "arch.py, line 2"
    assert "print 'hello'" in error.what
    assert "Python 2" in error.help


def test_a_built_in_name_that_the_file_defines_too_is_no_guess(fixtures, tmp_path, crew):
    text = (fixtures / "authors" / "k2_attention.py").read_text()
    both = text + "\n\ndef sigmoid(x):\n    return x\n"
    error = refused(fixtures, tmp_path, crew, both)
    assert "'sigmoid' is Keras's own" in error.problems[0].what


def test_code_has_no_use_with_a_recipe_of_its_own_architecture(fixtures, tmp_path, crew):
    folder = fixtures / "tf23_mymodel_ckpt"
    asked = Options(
        recipe=str(folder / "recipe.yaml"), trust_code=fixtures / "authors" / "k2_mixed.py"
    )
    with pytest.raises(UsageProblem, match="no use with a recipe"):
        pipeline.migrate("ckpt-to-savedmodel", folder / "ckpts", tmp_path / "out", asked, crew=crew)

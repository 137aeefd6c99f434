"""h5-to-savedmodel and ckpt-to-savedmodel, and the options they share."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

import pytest

from tfmigrate.cli import ckpt_to_savedmodel, h5_to_savedmodel, savedmodel_to_savedmodel
from tfmigrate.options import Options
from tfmigrate.proof import Parity
from tfmigrate.results import Migration, Plan, Source

H5, CKPT = "h5-to-savedmodel", "ckpt-to-savedmodel"
EVERY = """
    --recipe r --set a=1 --set b=x=y --rtol "1e-5 probs:1e-4,top:0"
    --atol 1e-6 --require-evidence reader --rename-input x:0:image --rename-output y:probs
    --batch 8 --backend theano --signature s --step 7 --model-version 4 --memory 6GB
    --overwrite --dry-run --gpu -vv
"""


def test_nothing_asked_is_the_default(run, calls):
    assert run(H5, "m.h5", "out").code == 0
    name, asked, source, output, options, _ = calls[0]
    assert (name, asked, source, output) == ("migrate", H5, Path("m.h5"), Path("out"))
    assert options == Options()


def test_every_option_arrives(run, calls, tmp_path):
    (tmp_path / "g.npz").touch()
    golden = str(tmp_path / "g.npz")
    given = shlex.split(EVERY)
    assert run(CKPT, "c", "out", *given, "--golden", golden).code == 0
    assert calls[0][1] == CKPT
    assert calls[0][4] == Options(
        recipe="r", parameters={"a": "1", "b": "x=y"}, golden=tmp_path / "g.npz",
        rtol=("1e-5", "probs:1e-4", "top:0"),
        atol=("1e-6",), require_evidence="reader", rename_inputs={"x:0": "image"},
        rename_outputs={"y": "probs"}, batch="8", backend="theano", signature="s",
        step=7, model_version=4, overwrite=True, dry_run=True,
        memory=6 * 10**9, gpu=True, verbose=True,
    )  # fmt: skip


def test_the_options_that_golden_leaves_no_room_for(run, calls, tmp_path):
    (tmp_path / "i.npz").touch()
    assert run(H5, "m.h5", "out", "--inputs", str(tmp_path / "i.npz")).code == 0
    assert run(H5, "m.h5", "out", "--samples", "7", "--seed", "4").code == 0
    assert [c[4] for c in calls] == [
        Options(inputs=tmp_path / "i.npz"), Options(samples=7, seed=4),
    ]  # fmt: skip


def test_options_are_named_after_their_fields():
    fields = {f.name for f in dataclasses.fields(Options)} - {"verbose"}
    graphs = {"tags", "input_tensors", "output_tensors"}
    for command, lacks in (
        (ckpt_to_savedmodel, graphs), (h5_to_savedmodel, {"step", *graphs}),
        (savedmodel_to_savedmodel, {"step"}),
    ):  # fmt: skip
        names = {p.name for p in command.command.params if p.expose_value}
        assert names - fields == {"source", "output", "form", "verbosity", "quiet", "report"}
        assert fields - names == lacks


@pytest.mark.parametrize("verbosity", [[], ["-v"]])
def test_log_lines_need_two_v(run, calls, verbosity):
    run(H5, "m.h5", "out", *verbosity)
    assert not calls[0][4].verbose


def test_no_verify(run, calls):
    run(H5, "m.h5", "out", "--no-verify")
    assert not calls[0][4].verify


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--set", "a"], "'a' is not NAME=VALUE"),
        (["--set", "a=1", "--set", "a=2"], "'a' is given twice"),
        (["--rename-input", "a"], "'a' is not OLD:NEW"),
        (["--rename-input", "a:x", "--rename-input", "b:x"], "cannot both become"),
        (["--batch", "0"], "neither 'dynamic' nor a positive number"),
        (["--rtol", "probs:much"], "'probs:much' is not a tolerance"),
        (["--rtol", "nan"], "'nan' is not a tolerance"),
        (["--rtol", "inf"], "'inf' is not a tolerance"),
        (["--rtol", "-1"], "'-1' is not a tolerance"),
        (["--atol", "1e-5 1e-6"], "given twice"),
        (["--memory", "6"], "'6' is not a size"),
        (["--memory", "0GB"], "'0GB' is not a size"),
        (["--golden", "no-such.npz"], "does not exist"),
        (["--require-evidence", "unverified"], "is not one of"),
        (["--no-verify", "--require-evidence", "reader"], "--require-evidence cannot be met"),
        (["--samples", "0"], "not in the range"),
        (["--recipie", "r"], "--recipe"),
        (["--set", "a=1"], "--set is for a recipe"),
        (["--golden", "FILE", "--inputs", "FILE"], "--inputs has no use with --golden"),
        (["--golden", "FILE", "--samples", "3"], "--samples has no use with --golden"),
        (["--inputs", "FILE", "--seed", "0"], "--seed has no use with --inputs"),
        (["--no-verify", "--inputs", "FILE"], "--inputs has no use with --no-verify"),
        (["--no-verify", "--rtol", "1"], "--rtol has no use with --no-verify"),
        (["--no-verify", "--atol", "1"], "--atol has no use with --no-verify"),
        (["--no-verify", "--samples", "3"], "--samples has no use with --no-verify"),
        (["--no-verify", "--prove"], "--prove has no use with --no-verify"),
        (["--dry-run", "--prove"], "--prove has no use with --dry-run"),
        (["--no-verify", "--set", "a=1", "--rtol", "1"], "--set is for a recipe"),
        (["--no-verify", "--set", "a=1", "--rtol", "1"], "--rtol has no use"),
    ],
)
def test_a_wrong_command_line(run, calls, tmp_path, given, said):
    (tmp_path / "f.npz").touch()
    given = [str(tmp_path / "f.npz") if part == "FILE" else part for part in given]
    done = run(H5, "m.h5", "out", *given)
    assert (done.code, done.out, calls) == (2, "", [])
    assert said in done.err
    assert "`tfmigrate h5-to-savedmodel --help`" in done.err


@pytest.mark.parametrize(
    ("text", "size"), [("800MB", 8 * 10**8), ("4GiB", 4 * 2**30), ("1.5 g", 15 * 10**8)]
)
def test_sizes(run, calls, text, size):
    run(H5, "m.h5", "out", "--memory", text)
    assert calls[0][4].memory == size


def test_a_checkpoint_needs_a_recipe(run, calls):
    done = run(CKPT, "my ckpt", "out")
    assert (done.code, calls) == (2, [])
    assert "--recipe is needed" in done.err
    assert "tfmigrate inspect 'my ckpt'" in done.err


@pytest.mark.parametrize("command", [H5, CKPT])
def test_code_of_the_author_s_is_handed_on(run, calls, command, tmp_path):
    files = [tmp_path / "layers.py", tmp_path / "losses.py"]
    for file in files:
        file.write_text("")
    given = [part for file in files for part in ("--trust-code", str(file))]
    done = run(command, "m", "out", "--recipe", "r.json", *given)
    assert (done.code, len(calls)) == (0, 1), done.err
    assert calls[0][4].trust_code == tuple(files)


def test_code_that_is_not_there_is_a_wrong_command_line(run, calls):
    done = run(H5, "m", "out", "--trust-code", "missing.py")
    assert (done.code, calls) == (2, [])
    assert "missing.py" in done.err


@pytest.mark.parametrize(
    ("parity", "code"),
    [
        (Parity("reader", "x", checks={"repeatable": False}), 1),
        (Parity("unverified", "x"), 0),
        (Parity("reader", "x"), 1),
        (None, 0),
    ],
)
def test_the_verdict_decides_the_exit_code(run, answer, parity, code):
    answer("migrate", Migration(Source("m", "k", "t"), "", "e", (), Plan(()), parity=parity))
    done = run(H5, "m.h5", "out")
    assert done.code == code
    assert done.out


def test_memory_that_no_worker_can_start_with(run, calls):
    done = run(H5, "m.h5", "out", "--memory", "100MB")
    assert (done.code, calls) == (2, [])
    assert "--memory must be at least 512MB" in done.err
    assert run(H5, "m.h5", "out", "--memory", "512MB").code == 0

from __future__ import annotations

from dataclasses import replace

import pytest

from tfmigrate import report
from tfmigrate.proof import Parity
from tfmigrate.report import Style
from tfmigrate.results import LayerInfo, Migration, Source, Verification
from tfmigrate.tensors import Signature, TensorInfo, TensorSpec

CASES = ["source", "migration", "dry_run", "failed", "verification"]


@pytest.mark.parametrize("case", CASES)
def test_the_whole_report(case, expect, request):
    expect(case, report.render(request.getfixturevalue(case), "text"))


def test_an_inspected_checkpoint(expect):
    names = [f"rnn/cell_{i}/kernel" for i in range(40)]
    tensors = [TensorInfo(n, (i + 1, 4), "float32") for i, n in enumerate(names)]
    tensors.append(TensorInfo("global_step", (), "int64", "", "training counter"))
    signature = Signature("predict", (TensorSpec("x:0", (None, 4), "float32"),), ())
    found = Source(
        "ckpts/model.ckpt-10", "tf1-v2", "TF1 V2 checkpoint", ("a", "b"), 999,
        tensors=tuple(tensors), signatures=(signature,),
    )  # fmt: skip
    expect("checkpoint", report.render(found, "text"))


def test_verbose_folds_nothing(source):
    text = report.render(source, "text", Style(verbosity=1))
    assert text.count("Conv2D") == 6
    assert "{" not in text


def test_verbose_shows_the_plan_and_the_time(migration):
    text = report.render(migration, "text", Style(verbosity=1))
    assert "block1_conv1/kernel:0 -> block1_conv1/kernel  by name" in text
    assert "rebuild 1.2 s" in text


def test_quiet_is_the_last_line(migration: Migration):
    last = report.render(migration, "text").splitlines()[-1]
    assert report.render(migration, "text", Style(quiet=True)) == last


def test_unverified_is_loud(migration):
    verdict = Parity("unverified", "UNVERIFIED: nothing was checked, because --no-verify was given")
    text = report.render(replace(migration, parity=verdict), "text")
    assert "parity     UNVERIFIED: nothing was checked" in text
    assert text.splitlines()[-1].startswith("UNVERIFIED")


def test_a_tensor_that_nothing_accounts_for_is_shown(migration):
    source = migration.source
    stray = TensorInfo("stray", (1,), "float32")
    more = replace(migration, source=replace(source, tensors=(*source.tensors, stray)))
    text = report.render(more, "text")
    assert "UNUSED   stray" in text
    assert "3 source tensors ignored, 1 unused" in text


def test_a_variable_that_got_no_value_is_counted(migration):
    fewer = replace(migration, ledger=migration.ledger[1:])
    assert "11 of 12 variables restored" in report.render(fewer, "text").splitlines()[-1]


def test_a_variable_with_other_bytes_on_disk_is_not_counted(migration):
    first = replace(migration.ledger[0], targets={"block1_conv1/kernel": "bb"})
    other = replace(migration, ledger=(first, *migration.ledger[1:]))
    assert "11 of 12 variables restored" in report.render(other, "text").splitlines()[-1]


def test_weights_that_were_not_read_back_are_not_called_restored(migration):
    unread = tuple(replace(e, targets={}) for e in migration.ledger)
    text = report.render(replace(migration, ledger=unread), "text")
    assert "12 of 12 variables assigned, not read back" in text
    assert "restored" not in text


def test_files_that_changed_are_named(verification: Verification):
    found = replace(verification, changed=("saved_model.pb",), extra=("x",))
    text = report.render(found, "text")
    assert "changed since the migration: saved_model.pb" in text
    assert "added since the migration: x" in text
    assert text.splitlines()[-1].startswith("out/model: 2 files NOT as certified")


def test_text_from_a_file_is_made_safe(source, migration):
    bad = "a\x1b[31m\u202e\nb"
    hostile = replace(source, title=bad, layers=(LayerInfo(bad, bad),), notes=(bad,))
    for result in (hostile, replace(migration, source=hostile, renamed={bad: bad}, engine=bad)):
        text = report.render(result, "text")
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_colour_is_the_callers(migration):
    text = report.render(migration, "text", Style(paint=lambda text, colour: f"<{colour}>{text}"))
    assert "<green>PASSED" in text


def test_how_many_elements_differ_is_said_once(failed):
    (first, *rest) = failed.parity.outputs
    known = replace(first, why="47 of 50 elements differ, 2 of them by NaN or infinity")
    parity = replace(failed.parity, outputs=(known, *rest))
    text = report.render(replace(failed, parity=parity), "text")
    assert text.count("50 elements differ") == 1
    assert "the worst is in probe 1" in text

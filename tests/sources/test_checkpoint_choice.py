import shutil
from pathlib import Path

import pytest

from tfmigrate.errors import Damaged, NotSupported, UsageProblem
from tfmigrate.sources.checkpoint_choice import at_step
from tfmigrate.sources.checkpoint_files import locate

STEPS = Path(__file__).parent.parent / "fixtures" / "checkpoints" / "tf115" / "steps-v2"


@pytest.fixture
def steps(tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(STEPS, folder)
    return folder


@pytest.mark.parametrize("step", [9, 10, 100])
@pytest.mark.parametrize(
    "given",
    ["", "checkpoint", "model.ckpt", "model.ckpt-9", "model.ckpt-10.index",
     "model.ckpt-10.data-00000-of-00001"],
)  # fmt: skip
def test_whatever_names_the_folder_or_one_of_them(steps, given, step):
    assert at_step(steps / given, step) == steps / f"model.ckpt-{step}"


def test_the_steps_that_exist_are_listed_as_numbers(steps):
    with pytest.raises(UsageProblem, match="no checkpoint of step 11") as raised:
        at_step(steps, 11)
    assert raised.value.help == "the steps that are there: 9, 10, 100"
    assert raised.value.exit_code == 2


def test_nothing_there(tmp_path):
    for path in (tmp_path, tmp_path / "gone", tmp_path / "gone" / "model.ckpt"):
        with pytest.raises(UsageProblem) as raised:
            at_step(path, 3)
        assert raised.value.help == "the steps that are there: none"


def test_another_base_name_of_the_same_step(craft, steps):
    craft.bundle(steps, {"w": craft.entry()}, name="best-10")
    with pytest.raises(NotSupported) as raised:
        at_step(steps, 10)
    assert [p.where for p in raised.value.problems] == ["best-10", "model.ckpt-10"]
    assert at_step(steps / "best", 10).name == "best-10"
    assert at_step(steps / "model.ckpt-9.index", 10).name == "model.ckpt-10"


def test_v1_shards_and_numbered_names(craft, tmp_path):
    shards = STEPS.parent.parent / "tf14" / "sharded-v1"
    assert at_step(shards, 7).name == "model.ckpt-7"
    craft.bundle(tmp_path, {"w": craft.entry()}, name="cp-0004.ckpt")
    craft.bundle(tmp_path, {"w": craft.entry()}, name="cp-0011.ckpt")
    assert at_step(tmp_path, 4).name == "cp-0004.ckpt"
    assert locate(tmp_path).prefix.name == "cp-0011.ckpt"


def test_the_latest_is_the_highest_number_not_the_last_name(steps):
    (steps / "checkpoint").unlink()
    assert locate(steps).prefix.name == "model.ckpt-100"
    (steps / "model.ckpt-100.index").unlink()
    assert locate(steps).prefix.name == "model.ckpt-10"


def test_a_stale_state_file_is_followed_and_said(steps):
    (steps / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-9"\n')
    found = locate(steps)
    assert found.prefix.name == "model.ckpt-9"
    assert found.notes[0].startswith("model.ckpt-100 lies there too, of a higher step")


@pytest.mark.parametrize("name", ["model.ckpt-9_temp_" + "0a" * 16, "ck-1_temp"])
def test_an_unfinished_save_is_no_checkpoint(craft, tmp_path, name):
    craft.bundle(tmp_path, {"w": craft.entry()}, name="x")
    parts = tmp_path / name
    parts.mkdir()
    for file in tmp_path.glob("x.*"):
        file.rename(parts / file.name.replace("x.", "part-00000-of-00002."))
    for given in (parts, parts / "part-00000-of-00002", tmp_path):
        with pytest.raises(Damaged, match="interrupted"):
            locate(given)


def test_an_estimators_folder(steps):
    (steps / "graph.pbtxt").write_text("node {}")
    (steps / "events.out.tfevents.1").write_bytes(b"\0" * 99)
    for name in ("eval", "export"):
        (steps / name).mkdir()
    shutil.copy(STEPS / "model.ckpt-9.index", steps / "eval")
    assert locate(steps).prefix.name == "model.ckpt-100"

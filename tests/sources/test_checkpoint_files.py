import os

import pytest

from tfmigrate.errors import Damaged, NotSupported
from tfmigrate.sources.checkpoint_files import locate


def _some(craft, folder, *names):
    for name in names:
        craft.bundle(folder, {"w": craft.entry()}, name=name)


def _state(folder, text):
    (folder / "checkpoint").write_text(text)


@pytest.mark.parametrize("suffix", [".index", ".meta", ".data-00000-of-00001"])
def test_a_file_of_a_checkpoint_is_taken_as_its_prefix(case, suffix):
    folder = case("tf20_v1_saver_in_tf2")
    found = locate(folder / f"model.ckpt{suffix}")
    assert found.prefix == folder / "model.ckpt"
    assert found.notes == (f"took model.ckpt{suffix} as the prefix model.ckpt",)
    assert locate(folder / "model.ckpt").notes == ()


def test_a_meta_without_an_index_is_no_checkpoint(case):
    folder = case("tf20_v1_saver_in_tf2")
    (folder / "model.ckpt.index").unlink()
    (folder / "model.ckpt.data-00000-of-00001").unlink()
    assert locate(folder / "model.ckpt.meta") is None


def test_data_without_an_index(case):
    folder = case("tf20_v1_saver_in_tf2")
    (folder / "model.ckpt.index").unlink()
    for given in ("model.ckpt.data-00000-of-00001", "model.ckpt"):
        with pytest.raises(Damaged, match=r"index model\.ckpt\.index is missing"):
            locate(folder / given)


def test_a_damaged_index_beside_its_data_is_still_a_checkpoint(case):
    folder = case("tf1_ema")
    (folder / "model.ckpt.index").write_bytes(b"")
    assert locate(folder / "model.ckpt").prefix == folder / "model.ckpt"


def test_an_index_of_something_else_is_none(tmp_path):
    (tmp_path / "vectors.index").write_bytes(b"IxF2" * 100)
    assert locate(tmp_path / "vectors.index") is None
    assert locate(tmp_path) is None


def test_v1_files(case):
    folder = case("tf14_plain_v1")
    found = locate(folder / "model.ckpt")
    assert (found.prefix, found.v1) == (folder / "model.ckpt", True)


def test_the_state_file_decides(case):
    folder = case("tf23_guide_iterator_ckpt")
    assert locate(folder).prefix.name == "ckpt-2"
    _state(folder, 'model_checkpoint_path: "ckpt-1"\n')
    found = locate(folder)
    assert found.prefix.name == "ckpt-1"
    (note,) = found.notes
    assert note.startswith("ckpt-2 lies there too, of a higher step; the state file names ckpt-1")
    assert locate(folder / "checkpoint").prefix.name == "ckpt-1"


def test_a_prefix_may_be_called_checkpoint(craft, tmp_path):
    _some(craft, tmp_path, "checkpoint", "model-7")
    assert locate(tmp_path / "checkpoint").prefix.name == "checkpoint"
    _state(tmp_path, 'model_checkpoint_path: "model-7"')
    assert locate(tmp_path / "checkpoint").prefix.name == "model-7"


@pytest.mark.parametrize(
    "said",
    [
        "/data/old/runs/model.ckpt-4",
        "C:\\\\runs\\\\model.ckpt-4",
        "gs://bucket/run/model.ckpt-4",
        "../model.ckpt-4",
        "./model.ckpt-4",
    ],
)
def test_another_machines_path_means_the_file_beside(case, said):
    folder = case("tf14_adam_slots")
    _state(folder, f'model_checkpoint_path: "{said}"')
    found = locate(folder)
    assert found.prefix == folder / "model.ckpt-4"
    assert "lies beside it" in found.notes[0]


@pytest.mark.parametrize(
    "said", ["../outside", "{parent}/outside", "/etc/passwd", "..", "/", "gs://"]
)
def test_the_state_file_never_leads_out_of_the_folder(craft, tmp_path, said):
    inside = tmp_path / "inside"
    inside.mkdir()
    _some(craft, tmp_path, "outside")
    _some(craft, inside, "model-1")
    _state(inside, f'model_checkpoint_path: "{said.format(parent=tmp_path)}"')
    found = locate(inside)
    assert found.prefix == inside / "model-1"
    assert "is not here; took model-1" in found.notes[0]


def test_without_a_state_file_the_highest_step_counts(craft, tmp_path):
    _some(craft, tmp_path, "model-9", "model-10", "model-100", "model-99", "best")
    found = locate(tmp_path)
    assert found.prefix.name == "model-100"
    assert found.notes == ("no state file; took model-100",)


@pytest.mark.parametrize(
    "text", ['model_checkpoint_path: "gone-7"', "model_checkpoint_path: ", "\0"]
)
def test_a_stale_or_broken_state_file(craft, tmp_path, text):
    _some(craft, tmp_path, "model-2", "model-10")
    _state(tmp_path, text)
    assert locate(tmp_path).prefix.name == "model-10"


@pytest.mark.parametrize("names", [("a", "b"), ("a-5", "b-5", "c-1")])
def test_several_that_nothing_tells_apart(craft, tmp_path, names):
    _some(craft, tmp_path, *names)
    with pytest.raises(NotSupported) as raised:
        locate(tmp_path)
    assert [p.where for p in raised.value.problems] == list(names[:2])


def test_a_state_file_alone(tmp_path):
    _state(tmp_path, 'model_checkpoint_path: "/old/model.ckpt-4"')
    with pytest.raises(Damaged, match=r"names /old/model.ckpt-4, and no checkpoint lies beside"):
        locate(tmp_path)


def test_pipes_are_not_opened(tmp_path):
    for name in ("x.index", "checkpoint", "model.ckpt", "y.data-00000-of-00001"):
        os.mkfifo(tmp_path / name)
    assert locate(tmp_path) is None
    assert locate(tmp_path / "x") is None
    assert locate(tmp_path / "model.ckpt") is None


def test_other_paths_mean_none(tmp_path):
    (tmp_path / "notes.txt").write_text("model_checkpoint_path")
    (tmp_path / "checkpoint").write_text("just notes")
    for path in (tmp_path, tmp_path / "notes.txt", tmp_path / "gone", tmp_path / "no" / "where"):
        assert locate(path) is None


def test_a_saved_model_folder_is_left_to_its_own_format(craft, case):
    folder = case("tf28_module_savedmodel")
    _some(craft, folder, "model-1")
    assert locate(folder) is None
    assert locate(case("k312_ops_layers") / "variables").prefix.name == "variables"

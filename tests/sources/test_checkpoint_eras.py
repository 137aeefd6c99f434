"""Checkpoints that the TensorFlows of their day wrote, against what their own sessions held."""

import hashlib
import json
import pathlib
import shutil

import numpy as np
import pytest

from tfmigrate.sources import checkpoint
from tfmigrate.workers.values import open_values

HERE = pathlib.Path(__file__).parent.parent / "fixtures" / "checkpoints"
TF1 = sorted(p.parent for p in HERE.glob("tf[01][0-9]*/*/expected.json"))
TF2 = sorted(p.parent for p in HERE.glob("*/*/expected.json") if p.parent not in TF1)


def _described(path):
    return checkpoint.describe(path, checkpoint.identify(path))


def _digest(value):
    value = np.asarray(value)
    if value.dtype.kind in "OSU":
        return hashlib.sha256(b"\0".join(bytes(v) for v in value.reshape(-1))).hexdigest()
    return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()


def _id(path):
    return f"{path.parent.name}-{path.name}"


def _variables(folder):
    return folder / "variables" if folder.name == "saved_model" else folder


@pytest.mark.parametrize("folder", TF1, ids=_id)
def test_every_value_of_a_tf1_checkpoint(folder):
    expected = json.loads((folder / "expected.json").read_text())
    source = _described(folder)
    shapes = {t.name: (t.shape, t.dtype) for t in source.tensors}
    assert shapes.keys() == {part["of"] for part in expected.values()}
    with open_values(source) as read:
        for name, part in expected.items():
            whole = np.asarray(read(part["of"]))
            assert (whole.shape, part["dtype"]) == shapes[part["of"]], name
            box = zip(part["start"], part["shape"], strict=True)
            found = whole[tuple(slice(at, at + size) for at, size in box)]
            assert _digest(found) == part["sha256"], name


def test_the_cases_are_there():
    assert len(TF1) >= 12
    assert len(TF2) >= 10


@pytest.mark.parametrize("folder", TF2, ids=_id)
def test_every_variable_of_an_object_based_checkpoint(folder):
    expected = json.loads((folder / "expected.json").read_text())
    source = _described(_variables(folder))
    weights = [t for t in source.tensors if not t.training]
    with open_values(source) as read:
        found = {_digest(read(t.name)) for t in weights}
    assert set(expected.values()) <= found


@pytest.mark.parametrize("folder", TF2, ids=_id)
def test_no_weight_is_taken_for_the_state_of_an_optimizer(folder):
    expected = json.loads((folder / "expected.json").read_text())
    source = _described(_variables(folder))
    raw = [t.name for t in source.tensors if not t.training and not t.average_of]
    tables = [name for name in raw if ".ATTRIBUTES" in name]
    assert len(raw) - len(tables) == sum(not n.startswith("average/") for n in expected) + (
        folder.name == "module"  # module/half is not listed: NumPy has no bfloat16 of its own
    )


@pytest.mark.parametrize("case", ["tf212/ema", "keras33/ema"])
def test_averages_of_keras_optimizers_know_their_variables(case):
    folder = HERE / case
    expected = json.loads((folder / "expected.json").read_text())
    source = _described(folder)
    averages = [t for t in source.tensors if t.average_of]
    raws = {t.name: t for t in source.tensors}
    by_digest = {digest: name for name, digest in expected.items()}
    assert len(averages) == 6
    with open_values(source) as read:
        for average in averages:
            raw = by_digest[_digest(read(raws[average.average_of].name))]
            assert by_digest[_digest(read(average.name))] == f"average/{raw}"


def test_lists_dicts_and_tuples_have_readable_names():
    folder = HERE / "tf28" / "containers"
    expected = json.loads((folder / "expected.json").read_text())
    source = _described(folder)
    names = {t.name for t in source.tensors if not t.training}
    assert names == expected.keys()
    with open_values(source) as read:
        assert {name: _digest(read(name)) for name in names} == expected


def test_a_shared_variable_goes_by_either_path():
    source = _described(HERE / "tf28" / "module")
    (shared,) = (t for t in source.tensors if "module/w" in (t.name, *t.aliases))
    assert {"module/w", "module/tied"} <= {shared.name, *shared.aliases}


def test_a_lookup_table_is_a_hazard():
    source = _described(HERE / "tf28" / "module")
    assert [h.code for h in source.hazards] == ["lookup-table"]
    assert {t.name: t.training for t in source.tensors}["epoch"] == "training counter"


def test_what_savers_of_all_variables_keep_is_no_weight():
    source = _described(HERE / "tf115" / "training_state-v2")
    weights = sorted(t.name for t in source.tensors if not t.training)
    layers = {"d": ("bias", "kernel"), "s/bn": ("beta", "gamma", "moving_mean", "moving_variance"),
              "BN": ("beta", "moving_mean", "moving_variance")}  # fmt: skip
    assert weights == sorted(f"{layer}/{leaf}" for layer in layers for leaf in layers[layer])
    assert len(source.tensors) > 80


def test_averages_made_under_a_scope():
    source = _described(HERE / "tf115" / "averages-v2")
    found = {t.average_of: t.name for t in source.tensors if t.average_of}
    assert found == {
        raw: f"train/{raw}/ExponentialMovingAverage"
        for raw in ("d/bias", "d/kernel", "s/bn/beta", "s/bn/gamma")
    }
    training = {t.name: t.training for t in source.tensors}
    (loss,) = (name for name in training if "loss" in name)
    assert training[loss] == "moving average; what it averages is no variable"


def test_copies_are_left_out_only_where_their_bytes_are_the_same():
    source = _described(HERE / "tf115" / "copies-v2")
    assert {t.name: t.training for t in source.tensors} == {
        "w": "",
        "w/replica_1": "identical copy of w",
        "b": "",
        "b/replica_1": "",
        "tower_0/c": "",
        "tower_1/c": "identical copy of tower_0/c",
    }


@pytest.mark.parametrize(
    "case", ["tf14/sharded-v1", "tf112/sharded-v2", "tf14/partitioned-v2", "tf115/bfloat16-v2"]
)
@pytest.mark.parametrize("name", ["odd [1]", "what?", "star*"])
def test_paths_that_tensorflow_takes_for_patterns(case, name, tmp_path):
    folder = tmp_path / name
    shutil.copytree(HERE / case, folder)
    source = _described(folder)
    with open_values(source) as read, open_values(_described(HERE / case)) as plain:
        for tensor in source.tensors:
            assert _digest(read(tensor.name)) == _digest(plain(tensor.name))
            assert read(tensor.name).dtype == plain(tensor.name).dtype


@pytest.mark.parametrize("name", ["ck", "ck [1]"])  # TensorFlow's readers, and ours
@pytest.mark.parametrize("case", ["tf14/sharded-v1", "tf14/partitioned-v2"])
def test_a_flipped_bit_is_noticed(case, name, tmp_path):
    folder = tmp_path / name
    shutil.copytree(HERE / case, folder)
    file = next(p for p in sorted(folder.iterdir()) if "-of-" in p.name)
    data = bytearray(file.read_bytes())
    data[(file.suffix == "") * 60 + 8] ^= 1
    file.write_bytes(data)
    with pytest.raises(Exception, match=r"(?i)checksum|corrupt"):  # noqa: PT012
        source = _described(folder)
        with open_values(source) as read:
            for tensor in source.tensors:
                read(tensor.name)

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from tfmigrate import sources
from tfmigrate.errors import Damaged, NotSupported, TfmigrateError
from tfmigrate.sources import keras_weights_v3

# Two layers, the second one in two shards, as Keras 3.12 files them.
SHARDS = {
    "w_00000.weights.h5": {"layers/dense/vars/0": 1, "layers/dense_1/vars/0": 2},
    "w_00001.weights.h5": {"layers/dense_1/vars/1": 3},
}
PLACES = {
    "/layers/dense/vars": "w_00000.weights.h5",
    "/layers/dense_1/vars": ["w_00000.weights.h5", "w_00001.weights.h5"],
}


def _written(folder: Path, places: object = PLACES, name: str = "w") -> Path:
    folder.mkdir(exist_ok=True)
    for shard, values in SHARDS.items():
        with h5py.File(folder / shard, "w") as file:
            for key, value in values.items():
                file[key] = np.full(2, value, "f4")
    index = folder / f"{name}.weights.json"
    index.write_text(json.dumps({"metadata": {"total_size": 24.0}, "weight_map": places}))
    return index


@pytest.mark.parametrize("folder", [False, True])
def test_an_index_or_its_folder_is_one_set_of_weights(tmp_path: Path, folder: bool) -> None:
    index = _written(tmp_path / "w")
    source = sources.describe(index.parent if folder else index)
    assert (source.kind, source.path) == ("keras-weights-v3", str(index))
    assert [Path(file).name for file in source.files] == [index.name, *SHARDS]
    assert source.size == sum(Path(file).stat().st_size for file in source.files)
    assert [layer.weights for layer in source.layers] == [
        ("layers/dense/vars/0",), ("layers/dense_1/vars/0", "layers/dense_1/vars/1"),
    ]  # fmt: skip
    with keras_weights_v3.values(source) as read:
        assert [read(t.name)[0] for t in source.tensors] == [1, 2, 3]


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    index = _written(tmp_path)
    (tmp_path / "w_00001.weights.h5").unlink()
    with pytest.raises(Damaged, match="not complete") as caught:
        sources.describe(index)
    assert [p.where for p in caught.value.problems] == ["w_00001.weights.h5"]


@pytest.mark.parametrize("name", ["../w_00000.weights.h5", "/etc/passwd", "a\\b.weights.h5"])
def test_a_shard_must_lie_beside_its_index(tmp_path: Path, name: str) -> None:
    index = _written(tmp_path / "w", {**PLACES, "/layers/other/vars": [name]})
    (tmp_path / "w_00000.weights.h5").write_bytes(
        (index.parent / "w_00000.weights.h5").read_bytes()
    )
    with pytest.raises(Damaged, match="not complete"):
        sources.describe(index)


@pytest.mark.parametrize(
    "places",
    [
        {**PLACES, "/layers/gone/vars": "w_00000.weights.h5"},
        {**PLACES, "/layers/dense_1/vars": "w_00000.weights.h5", "/x/vars": "w_00001.weights.h5"},
        {"/layers/dense/vars": ["w_00000.weights.h5", "w_00001.weights.h5"]},
    ],
)
def test_shards_of_another_save_are_refused(tmp_path: Path, places: object) -> None:
    with pytest.raises(Damaged, match="do not hold what it says"):
        sources.describe(_written(tmp_path, places))


def test_a_variable_in_two_shards_is_refused(tmp_path: Path) -> None:
    index = _written(tmp_path)
    with h5py.File(tmp_path / "w_00001.weights.h5", "a") as file:
        file["layers/dense_1/vars/0"] = np.zeros(2, "f4")
    with pytest.raises(Damaged, match="earlier shard"):
        sources.describe(index)


@pytest.mark.parametrize("places", [{}, {"/layers/dense/vars": [1]}])
def test_an_index_of_nothing_is_refused(tmp_path: Path, places: object) -> None:
    with pytest.raises(TfmigrateError):
        sources.describe(_written(tmp_path, places))


def test_a_folder_with_two_sets_asks_which(tmp_path: Path) -> None:
    _written(tmp_path)
    _written(tmp_path, name="v")
    with pytest.raises(NotSupported, match="2 sets of weights"):
        sources.describe(tmp_path)


def test_a_shard_alone_points_to_its_index(tmp_path: Path) -> None:
    index = _written(tmp_path)
    with pytest.raises(NotSupported, match="one of several files") as caught:
        sources.describe(tmp_path / "w_00000.weights.h5")
    assert index.name in caught.value.help

"""Config upgrades for files of Keras 3."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tfmigrate.engines import upgrades
from tfmigrate.engines.upgrades import keras_3
from tfmigrate.errors import NotSupported
from tfmigrate.results import Writer


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": "x"} | config}


def upgraded(found: dict[str, Any], version: str) -> dict[str, Any]:
    table = upgrades.table_for(Writer("Keras", version, "tensorflow"), "keras-3")
    return upgrades.upgraded(copy.deepcopy(found), table)


INNER = layer("Functional", input_layers=[["i", 0, 0]], output_layers=[["d", 0, 0]])
PLAIN = layer("Functional", input_layers=["i", 0, 0], output_layers=["d", 0, 0])
TWO = layer("Functional", input_layers=[["i", 0, 0], ["j", 0, 0]], output_layers=[["d", 0, 0]])
CASES = [
    (layer("Dense", lora_rank=2, lora_alpha=3), layer("Dense")),
    (layer("RandomRotation", value_range=[0, 255]), layer("RandomRotation")),
    (layer("RandomBrightness", value_range=[0, 1]), layer("RandomBrightness", value_range=[0, 1])),
    (layer("TimeDistributed", layer=INNER), layer("TimeDistributed", layer=PLAIN)),
    (INNER, INNER),
    (layer("Discretization", dtype="int64"), layer("WholeNumberDiscretization")),
    (layer("Discretization", dtype="float32"), layer("Discretization", dtype="float32")),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CASES)
def test_what_a_layer_becomes(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert upgraded(before, "3.8.0") == after


def test_two_inputs_stay_a_list() -> None:
    inner = upgraded(layer("TimeDistributed", layer=TWO), "3.8.0")["config"]["layer"]["config"]
    assert (len(inner["input_layers"]), inner["output_layers"]) == (2, ["d", 0, 0])


def test_a_random_crop_is_what_it_was_in_its_version() -> None:
    crop = layer("RandomCrop", height=6, width=5, seed=1)
    resized = layer("Resizing", height=6, width=5, crop_to_aspect_ratio=True)
    assert upgraded(crop, "3.0.5") == upgraded(crop, "3.5.0") == resized
    assert upgraded(crop, "3.8.0") == upgraded(crop, "3.15.1") == crop


# "3.0" and "3": only the era is known.
@pytest.mark.parametrize("version", ["3.6.0", "3.7.0", "3.0", "3", ""])
def test_a_random_crop_that_cannot_be_told_is_refused(version: str) -> None:
    with pytest.raises(NotSupported, match="RandomCrop"):
        upgraded(layer("RandomCrop", height=6, width=5), version)


def test_a_reader_of_today_is_no_witness_for_what_has_changed() -> None:
    writer = Writer("Keras", "3.3.3", "tensorflow")
    misread = [
        upgrades.misread_today(layer(name, dtype="int64"), writer, "keras-3")
        for name in ("Discretization", "RandomCrop", "RandomRotation")
    ]
    assert misread == [("bins_of_whole_numbers",), ("resized_crop",), ()]
    assert keras_3.crop_of("3.8.0") == ()

"""What models say about their inputs, tf_keras, Keras 3 and files of Keras 3; one worker in all."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tfmigrate.tensors import Hint, from_json
from tfmigrate.workers.client import Limits, Server

FIXTURES = Path(__file__).parents[2] / "fixtures" / "keras3_special"
BOTH = pytest.mark.parametrize("keras", ["keras2", "keras3"])


def config(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


@pytest.fixture(scope="module")
def said():
    configs = {name: config(FIXTURES / name / "model.keras") for name in ("images", "bins")}
    with Server(("tensorflow",), path=(str(Path(__file__).parent),)) as server:
        work = server.start("hint_tasks:say", {"configs": configs}, Limits(memory=4 << 30))
        found = work.result()
    return {
        name: {n: from_json(Hint, h) for n, h in hints.items()} for name, hints in found.items()
    }


@BOTH
def test_images_are_in_the_range_that_rescaling_maps(said, keras):
    assert said[f"{keras} image"] == {"image": Hint(0.0, 255.0)}


@BOTH
def test_images_are_in_the_range_that_a_layer_declares(said, keras):
    assert said[f"{keras} bright"] == {"image": Hint(0.0, 1.0)}


@BOTH
def test_statistics_are_those_of_the_weights(said, keras):
    assert said[f"{keras} tall"]["tall"] == Hint(centre=(10.0, 0.0, -5.0), scale=(2.0, 1.0, 0.5))


@BOTH
def test_ids_stay_within_their_own_table_and_padding_is_known(said, keras):
    assert said[f"{keras} ids"] == {
        "ids": Hint(0, 9, rows=9, kind="padded"),
        "segments": Hint(0, 2, rows=2, kind="ids"),
    }


@BOTH
def test_tables_inside_nested_models_count(said, keras):
    assert said[f"{keras} nested"] == {"ids": Hint(0, 7, rows=7, kind="ids")}


@BOTH
def test_a_mask_is_one_by_its_use_or_its_name(said, keras):
    assert said[f"{keras} mask"] == {"real": Hint(kind="mask")}
    assert said[f"{keras} named"] == {
        "input_mask": Hint(kind="mask"), "seqLength": Hint(kind="length")
    }  # fmt: skip


@BOTH
def test_categories_and_bins(said, keras):
    assert said[f"{keras} count"] == {"token": Hint(0, 5, kind="ids")}
    assert said[f"{keras} bins"] == {"wavelength": Hint(-20.0 / 3 - 10, 10 + 20.0 / 3)}


@BOTH
def test_a_closed_vocabulary_gets_no_word_outside_it(said, keras):
    assert said[f"{keras} closed"] == {
        "number": Hint(words=("1", "3", "8")), "letter": Hint(words=("a", "b"))
    }  # fmt: skip


@BOTH
def test_text_is_several_words_in_and_out_of_the_vocabulary(said, keras):
    hint = said[f"{keras} said"]["said"]
    assert hint.kind == "text"
    assert hint.words[:2] == ("good", "bad")
    assert len(hint.words) > 3
    assert "" not in hint.words
    masked = said[f"{keras} masked"]["letter"]
    assert "" not in masked.words
    assert len(masked.words) > 3
    assert "" in said[f"{keras} open"]["letter"].words


@BOTH
def test_nothing_is_guessed_where_nothing_is_known(said, keras):
    assert said[f"{keras} plain"] == {}


def test_files_of_keras_3(said):
    (image,) = said["images"].values()
    assert image.low < 0 < image.high < 9  # bins behind layers that only train
    (bins,) = said["bins"].values()
    assert bins == Hint(-1.5, 1.7)

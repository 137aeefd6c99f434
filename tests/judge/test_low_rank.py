from __future__ import annotations

from typing import Any

from tfmigrate.judge.low_rank import scale_of
from tfmigrate.results import Source, Writer


def source(version: str, *layers: dict[str, Any]) -> Source:
    config = {"layers": [{"class_name": "Dense", "config": layer} for layer in layers]}
    writer = Writer("Keras", version)
    model = {"class_name": "Sequential", "config": config}
    return Source("m.h5", "keras3-h5", "", writer=writer, architecture=model)


def test_the_factor_is_alpha_over_rank() -> None:
    scale = scale_of(source("3.12.0", {"name": "h", "lora_rank": 2, "lora_alpha": 7}))
    assert scale("h") == scale("inner/h") == 3.5


def test_before_alpha_the_factor_was_one() -> None:
    scale = scale_of(source("3.8.0", {"name": "h", "lora_rank": 2}))
    assert scale("h") == scale("attention/query") == 1.0


def test_a_layer_that_no_config_names_has_no_known_factor() -> None:
    assert scale_of(source("3.12.0"))("attention/query") is None


def test_two_layers_of_one_name_with_other_factors_are_not_guessed_between() -> None:
    two = ({"name": "h", "lora_rank": 2, "lora_alpha": a} for a in (2, 4))
    assert scale_of(source("3.12.0", *two))("h") is None

"""What ``running_std`` of an old BatchNormalization held, by version."""

from __future__ import annotations

import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.mapping.legacy.layers import Layer
from tfmigrate.mapping.legacy.statistics import variance
from tfmigrate.results import Writer


def layer(**config):
    return Layer("bn", "BatchNormalization", {"epsilon": 1e-6, "mode": 0, **config}, "bn")


def test_without_a_version_keras_1_0_is_not_read_either_way():
    with pytest.raises(NotSupported, match="standard deviation or a variance") as caught:
        variance(layer(), Writer("Keras", "", "tensorflow"))
    assert "keras_version" in caught.value.help


def test_the_regularizers_of_keras_1_1_say_that_it_is_a_variance():
    assert variance(layer(gamma_regularizer=None), Writer("Keras", "", "tensorflow")) == ()


def test_the_version_decides():
    assert variance(layer(), Writer("Keras", "1.0.3", "tensorflow"))
    assert not variance(layer(), Writer("Keras", "1.0.8", "tensorflow"))

from __future__ import annotations

import pytest

from tfmigrate.graphs import randomness

ONE = 'attr {key: "value" value {tensor {dtype: DT_FLOAT tensor_shape {} float_val: %s}}}'


@pytest.fixture
def dropout(node, graph):
    def made(keep: str):
        return graph(
            node("keep", "Const", attrs=ONE % keep),
            node("u", "RandomUniform"),
            node("sum", "Add", "keep", "u"),
            node("mask", "Floor", "sum"),
        ).nodes

    return made


def test_dropout_that_keeps_everything_draws_nothing(dropout):
    assert randomness.drawn(dropout("1.0")) == []


def test_dropout_that_does_not_draws(dropout):
    assert randomness.drawn(dropout("0.5")) == ["u"]


def test_numbers_from_a_seed_are_none(node, graph):
    assert randomness.drawn(graph(node("u", "StatelessRandomUniform")).nodes) == []

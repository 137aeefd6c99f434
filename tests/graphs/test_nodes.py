"""A GraphDef as plain nodes."""

from __future__ import annotations

import pytest

from tfmigrate.errors import Damaged
from tfmigrate.graphs import nodes


@pytest.mark.parametrize(
    ("text", "found"),
    [("x", ("x", 0)), ("a/b:2", ("a/b", 2)), ("^x", None), ("x:", None), ("x:a", None), ("", None)],
)
def test_a_tensor_is_a_node_and_an_output(text, found):
    assert nodes.tensor(text) == found


def test_inputs_are_tensors_and_waiting(graph, node):
    found = graph(node("x", "Const"), node("y", "Identity", "x:0", "^x")).nodes["y"]
    assert found.inputs == (("x", 0),)
    assert found.controls == ("x",)


def test_two_nodes_of_one_name_are_damage(graph, node):
    with pytest.raises(Damaged, match="two nodes are called x"):
        graph(node("x", "Const"), node("x", "Const"))


def test_an_input_that_is_none_is_damage(graph, node):
    with pytest.raises(Damaged, match="is no input"):
        graph(node("x", "Identity", "y:z"))

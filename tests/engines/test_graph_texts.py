"""What a graph tells about the text that its inputs take."""

from __future__ import annotations

import pytest

from tfmigrate.engines import graph_hints
from tfmigrate.graphs import nodes, prune
from tfmigrate.graphs.asked import Asked, GraphInput
from tfmigrate.sources import protos
from tfmigrate.tensors import TensorSpec

TEXT = 'attr {key: "dtype" value {type: DT_STRING}}'


def node(name: str, op: str, *inputs: str) -> str:
    listed = " ".join(f'input: "{i}"' for i in inputs)
    return f'node {{ name: "{name}" op: "{op}" {listed} {TEXT} }}\n'


class Table:
    """A table, as far as it is asked for its keys."""

    def export(self):
        return (self, None)

    def numpy(self):
        return self

    def tolist(self):
        return [b"dog", b"cat"]


@pytest.fixture
def hint():
    """What is known of the string input ``x`` of a graph whose output is ``y``."""

    def found(*texts: str):
        text = "".join((node("x", "Placeholder"), *texts))
        graph = nodes.read(protos.parse_text("Graph", text, "graph"))
        asked = Asked({"x": GraphInput("x:0", (None,), "string")}, {"y": "y:0"})
        pruned = prune.prune(graph, asked.wanted(), asked.given())
        specs = [TensorSpec("x", (None,), "string")]
        return graph_hints.hints(pruned, asked, specs, lambda _: True, {"t": Table()}).get("x")

    return found


def test_what_is_looked_up_is_drawn_from_the_table_and_besides(hint):
    texts = (node("t", "HashTableV2"), node("d", "Const"))
    found = hint(*texts, node("y", "LookupTableFindV2", "t", "x", "d"))
    assert found.words == ("cat", "dog", "zyzzyva", "")


def test_what_is_decoded_is_an_image(hint):
    assert hint(node("y", "DecodeJpeg", "x")).kind == "image"


def test_images_may_come_in_base64(hint):
    assert hint(node("b", "DecodeBase64", "x"), node("y", "DecodePng", "b")).kind == "image64"


def test_what_becomes_a_number_is_one(hint):
    assert all(float(word) for word in hint(node("y", "StringToNumber", "x")).words)


def test_other_text_is_any_text(hint):
    assert hint(node("y", "StringLower", "x")) is None

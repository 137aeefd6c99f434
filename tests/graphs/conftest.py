from __future__ import annotations

import pytest

from tfmigrate.graphs import nodes
from tfmigrate.sources import protos

TYPES = 'attr {key: "T" value {type: DT_FLOAT}} attr {key: "dtype" value {type: DT_FLOAT}}'


@pytest.fixture
def node():
    """The text of a node: ``node("add", "Add", "x", "y", "^z")``."""

    def made(name: str, op: str, *inputs: str, attrs: str = TYPES) -> str:
        listed = " ".join(f'input: "{i}"' for i in inputs)
        return f'node {{ name: "{name}" op: "{op}" {listed} {attrs} }}\n'

    return made


@pytest.fixture
def graph():
    """A graph from the text of its nodes."""

    def made(*texts: str) -> nodes.Graph:
        return nodes.read(protos.parse_text("Graph", "".join(texts), "graph.pbtxt"))

    return made

"""Real files described, and their drafts made, without a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate.drafting.draft import draft
from tfmigrate.drafting.from_graph import Graph
from tfmigrate.recipe import load_recipe
from tfmigrate.sources import describe
from tfmigrate.tensors import TensorInfo, VariableInfo
from tfmigrate.workers import outliner

FIXTURES = Path(__file__).parents[1] / "fixtures"


def tensor(name, *shape, **more):
    return TensorInfo(name, shape, more.pop("dtype", "float32"), **more)


def variable(name, *shape, dtype="float32"):
    return VariableInfo(name, shape, dtype, leaf=name.rpartition("/")[2])


@pytest.fixture
def drafted(tmp_path):
    """The draft of a fixture, and the recipe that its text is."""

    def make(path, graph=True):
        source = describe(FIXTURES / path)
        beside = {"graph": None, "order": ()}
        if not source.kind.startswith("keras-h5"):
            beside = outliner.run({"path": str(FIXTURES / path)}, None)
        found = Graph.from_json(beside["graph"]) if graph and beside["graph"] else None
        made = draft(source, found, beside["order"])
        file = tmp_path / "draft.yaml"
        file.write_text(made.text)
        return made, load_recipe(str(file))

    return make

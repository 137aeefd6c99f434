"""The source's own graph in a session of its own, without the engine that rewrites it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tfmigrate import sources
from tfmigrate.errors import NotSupported
from tfmigrate.judge import graph_beside, graphs
from tfmigrate.parity import probes
from tfmigrate.recipe import load_recipe
from tfmigrate.results import Plan
from tfmigrate.tensors import as_json
from tfmigrate.workers.crew import room_for


def answers(folder: Path, scratch: Path, crew, source=None) -> dict[str, np.ndarray]:
    source = source or sources.describe(folder / "model.ckpt")
    found = graphs.of_recipe(load_recipe(str(folder / "recipe.yaml")), source)
    golden = np.load(folder / "golden.npz")
    asked = list(found.asked.inputs)
    probes.save(scratch / "probes.npz", [{n: _read(golden["inputs/" + n]) for n in asked}])
    run = {
        "function": "serving_default",
        "alone": True,
        "probes": str(scratch / "probes.npz"),
        "outputs": str(scratch / "answers.npz"),
        "inputs": asked,
        "names": {n: n for n in found.asked.outputs},
    }
    question = {"runs": [run], "plan": as_json(graph_beside.plan(found, Plan(())))}
    payload = {"architecture": found.config(), "source": as_json(source)}
    room = room_for(source, scratch, None)
    worker = crew.start("graph_reference", payload, room)
    worker.result({"probes": lambda _: question, "again": lambda _: {}})
    return probes.load(scratch / "answers.npz")[1][0]


def _read(array: np.ndarray) -> np.ndarray:
    return array.astype(object) if array.dtype.kind == "S" else array


@pytest.mark.parametrize(
    "case",
    [
        "channels_first",
        "functional",
        "fused",
        "iterator",
        "partitioned",
        "queue_train",
        "rnn",
        "table",
    ],
)
def test_it_answers_what_the_original_runtime_answered(fixtures, case, tmp_path, crew):
    folder = fixtures / "graphs" / case
    found = answers(folder, tmp_path, crew)
    golden = np.load(folder / "golden.npz")
    assert found
    for name, array in found.items():
        np.testing.assert_allclose(array, golden["outputs/" + name], rtol=1e-4, atol=1e-6)


def test_a_graph_that_draws_is_no_witness(fixtures, tmp_path, crew):
    import shutil

    folder = Path(shutil.copytree(fixtures / "graphs" / "queue_train", tmp_path / "case"))
    text = (folder / "recipe.yaml").read_text()
    (folder / "recipe.yaml").write_text(text.replace('"keep_prob:0": 1.0', '"keep_prob:0": 0.5'))
    with pytest.raises(NotSupported, match="answers differently from run to run"):
        answers(folder, tmp_path, crew)

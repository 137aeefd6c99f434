"""What an old SavedModel answers as a server runs it: what its own runtime recorded."""

from __future__ import annotations

import numpy as np

from tfmigrate.parity import golden, probes
from tfmigrate.tensors import Signature, TensorSpec
from tfmigrate.workers.crew import Room


def test_the_answers_are_those_of_the_runtime_that_wrote_it(fixtures, crew, tmp_path):
    folder = fixtures / "tfkeras28_functional"
    signature = Signature(
        "serving_default",
        (TensorSpec("signal", (None, 4, 3), "float32"),),
        (TensorSpec("label", (None, 4), "float32"),),
    )
    recorded = golden.read(folder / "golden.npz", signature)
    asked, answers = tmp_path / "asked.npz", tmp_path / "answers.npz"
    probes.save(asked, [{"ours": recorded.inputs["signal"]}])
    payload = {
        "path": str(folder / "saved_model"),
        "asked": [
            {
                "key": "serving_default",
                "names": {"ours": "signal"},
                "probes": str(asked),
                "outputs": str(answers),
            }
        ],
    }
    room = Room((str(folder / "saved_model"),), (str(tmp_path),), 10_000)
    told = crew.start("answerer", payload, room).result()
    assert told == {"runs": [{"refused": "", "failed": "", "unsteady": []}]}
    (found,) = probes.load(answers)[1]
    np.testing.assert_allclose(found["label"], recorded.outputs["label"], rtol=1e-5, atol=1e-6)

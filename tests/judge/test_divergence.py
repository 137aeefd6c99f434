"""Which probe a failed migration is looked into with."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tfmigrate.judge import divergence
from tfmigrate.judge.verdict import Reference
from tfmigrate.parity.compare import compare
from tfmigrate.proof import Divergence, Parity
from tfmigrate.results import Plan
from tfmigrate.tensors import as_json

RIGHT = {"y": np.ones((2, 3), "float32")}


def off_by(amount):
    return {"y": RIGHT["y"] + np.float32(amount)}


def asked(folder, answers, recorded=True):
    """What the diagnoser is asked where the export gives these answers, all should be RIGHT."""
    golden = folder / "golden.npz"
    arrays = {"activations/dense": np.ones(2)} if recorded else {"inputs/x": np.ones(2)}
    np.savez(golden, **arrays)
    heard = []

    def ask(task, payload, room):
        heard.append(payload)
        return {"divergence": as_json(Divergence("looked"))}

    case = SimpleNamespace(
        path=lambda name: folder / f"{name}.npz",
        answers=lambda name: tuple(answers),
        options=SimpleNamespace(golden=golden),
        order={}, plan=Plan(()), allowed={}, inner_allowed=dict, room=None,
        architecture=SimpleNamespace(origin="file"), calls=SimpleNamespace(ask=ask),
    )  # fmt: skip
    expected = tuple(RIGHT for _ in answers)
    parity = Parity("recorded", "", compare(expected, answers))
    divergence.find(case, Reference("recorded", expected, (), expected), parity)
    (payload,) = heard
    return payload["at"], bool(payload["activations"])


@pytest.mark.parametrize(
    ("answers", "looked_at"),
    [
        ([off_by(0.5), off_by(0)], (0, True)),
        ([off_by(0.1), off_by(0.5)], (0, True)),  # the worst is another, the first fails too
        ([off_by(0), off_by(0.5)], (1, False)),  # of that one nothing was recorded
    ],
)
def test_recorded_activations_are_used_where_their_probe_fails(tmp_path, answers, looked_at):
    assert asked(tmp_path, answers) == looked_at


def test_without_activations_the_worst_probe_is_looked_at(tmp_path):
    assert asked(tmp_path, [off_by(0.1), off_by(0.5)], recorded=False) == (1, False)

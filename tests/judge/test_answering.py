"""How two SavedModels are asked; who answers is made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfmigrate.contract import Contract, Endpoint, Tensor
from tfmigrate.judge.answering import Asking, Witness
from tfmigrate.options import Options
from tfmigrate.parity import probes

FINE = {"refused": "", "failed": "", "unsteady": []}
ONE = Endpoint(
    "k",
    (Tensor("ids", "int64", (None, 3)), Tensor("im", "uint8", (None, 2)),
     Tensor("words", "string", (None,)), Tensor("x", "float32", (None,))),
    (Tensor("y", "float32", (None,)),),
)  # fmt: skip


@dataclass
class Crowd:
    """Workers that answer the sum of x, or what they are told to say."""

    said: dict[str, dict[str, Any]]
    asked: list[Any] = field(default_factory=list)

    def start(self, task: str, payload: dict[str, Any], room: Any) -> Crowd:
        self.asked.append((payload, room))
        return self

    def result(self) -> dict[str, Any]:
        payload, room = self.asked[-1]
        (one,) = payload["asked"]
        given, _ = probes.load(Path(one["probes"]))
        found = [{"y": probe[one["names"]["x"]] * np.float32(2)} for probe in given]
        probes.save(Path(one["outputs"]), (), found)
        assert room.read == (payload["path"],)
        assert Path(one["outputs"]).parent == Path(room.write[0])
        return {"runs": [self.said.get(payload["path"], FINE)]}


def answers(tmp_path: Path, options: Options | None = None, **said: dict[str, Any]) -> Any:
    crowd = Crowd({f"/{name}": told for name, told in said.items()})
    asking = Asking(options or Options(), lambda *_: None, crowd, tmp_path)
    a, b = (Witness(name, Path(f"/{name}"), Contract((ONE,)), 0) for name in "AB")
    return asking.both(a, b)[0], crowd


def test_what_is_known_of_no_input_is_told(tmp_path):
    found, crowd = answers(tmp_path)
    assert bool(found)
    assert found.probes == 4
    assert [note.split(";")[0] for note in found.notes] == [
        "input ids was asked with 0 and 1 only",
        "input words was asked with made-up words only",
    ]
    given, _ = probes.load(Path(crowd.asked[0][0]["asked"][0]["probes"]))
    assert max(probe["im"].max() for probe in given) == 255


@pytest.mark.parametrize(
    ("a", "b", "same", "said"),
    [
        ({"failed": "boom"}, {}, False, "A does not answer: boom"),
        ({}, {"failed": "boom"}, False, "B does not answer: boom"),
        ({"failed": "boom"}, {"failed": "boom"}, True, "each of them does not answer: boom; --in"),
        ({"failed": "one"}, {"failed": "two"}, True, "each of them does not answer: one; the oth"),
        ({"refused": "ReadFile"}, {}, True, "A is not run: ReadFile"),
        ({"refused": "ReadFile"}, {"failed": "boom"}, True, "A is not run: ReadFile"),
        ({"unsteady": ["y"]}, {}, False, "output y differs from call to call in A alone"),
        ({"unsteady": ["y"]}, {"unsteady": ["y"]}, True, "every output differs from call to call"),
    ],
)
def test_what_is_not_compared_is_told(tmp_path, a, b, same, said):
    found, _ = answers(tmp_path, A=FINE | a, B=FINE | b)
    assert (bool(found), found.outputs) == (same, ())
    assert (found.skipped if same else found.apart).startswith(said)
    assert not (found.apart if same else found.skipped)

"""Pipeline functions that answer with hand-built results, and a way to run the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tfmigrate import pipeline
from tfmigrate.cli import main
from tfmigrate.contract import Changes, Contract, Difference, Matched, Side
from tfmigrate.proof import OutputComparison, Parity
from tfmigrate.results import Migration, Plan, Source, Verification, Writer

SIDE = Side("m", "SavedModel of TF1", Writer(), 1, 2, 3)
HELD = Parity("reader", "the same", (OutputComparison("probs", True),))


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys) -> Callable[..., Run]:
    def call(*arguments: str) -> Run:
        code = main(arguments)
        said = capsys.readouterr()
        return Run(code, said.out, said.err)

    return call


@pytest.fixture
def calls(monkeypatch) -> list[tuple[Any, ...]]:
    """What the pipeline was asked for; every answer is a success."""
    asked: list[tuple[Any, ...]] = []
    answers = {
        "inspect": Source("m.h5", "keras-h5", "Keras 2 whole-model H5", next_command="tfmigrate x"),
        "migrate": Migration(
            Source("m.h5", "k", "t"), "out", "tf_keras", (), Plan(()), parity=HELD
        ),
        "verify": Verification("out", HELD),
        "contract": Contract((), "old"),
        "diff": Difference(True, SIDE, SIDE, Changes(), (), Matched(), Matched()),
    }
    for name, answer in answers.items():
        monkeypatch.setattr(pipeline, name, _recorder(name, answer, asked))
    return asked


@pytest.fixture
def answer(monkeypatch) -> Callable[[str, object], None]:
    """Make a pipeline function give a value or raise an error."""

    def give(name: str, value: object) -> None:
        monkeypatch.setattr(pipeline, name, _recorder(name, value, []))

    return give


def _recorder(name: str, value: object, asked: list[tuple[Any, ...]]) -> Callable[..., object]:
    def function(*arguments: Any, **named: Any) -> object:
        asked.append((name, *arguments, *named.values()))
        if isinstance(value, BaseException):
            raise value
        return value

    return function

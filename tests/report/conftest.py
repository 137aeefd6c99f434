"""Hand-built results, and the comparison of a whole report with its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tfmigrate.proof import Decisions, Noise, OutputComparison, Parity, Portability
from tfmigrate.results import (
    Assignment,
    Hazard,
    Ignored,
    LayerInfo,
    LedgerEntry,
    Migration,
    Plan,
    Source,
    Verification,
    Walls,
    Writer,
)
from tfmigrate.tensors import Signature, TensorInfo, TensorSpec, Tolerance, VariableInfo

SHAPES = {"kernel": (3, 3, 8, 8), "bias": (8,)}


@pytest.fixture
def expect() -> Callable[[str, str], None]:
    def compare(name: str, text: str) -> None:
        assert text + "\n" == (Path(__file__).parent / f"{name}.txt").read_text()

    return compare


@pytest.fixture
def source() -> Source:
    convs = [f"block{b}_conv{c}" for b in (1, 2, 3) for c in (1, 2)]
    layers = [LayerInfo("image", "InputLayer")]
    layers += [LayerInfo(n, "Conv2D", (f"{n}/kernel:0", f"{n}/bias:0")) for n in convs]
    layers += [LayerInfo("scale", "Lambda")]
    tensors = [TensorInfo(f"{n}/{k}:0", s, "float32", n) for n in convs for k, s in SHAPES.items()]
    slots = [TensorInfo(f"adam/{i}", (8,), "float32", "", "optimizer slot") for i in range(3)]
    return Source(
        path="model.h5",
        kind="keras-h5",
        title="Keras 2 whole-model H5",
        files=("model.h5",),
        size=5_123_456,
        writer=Writer("Keras", "2.2.4", "tensorflow"),
        tensors=(*tensors, *slots),
        layers=tuple(layers),
        architecture={"class_name": "Model", "config": {"rate": float("inf")}},
        hazards=(
            Hazard("cudnn", "CuDNNLSTM is rebuilt as LSTM", "rnn"),
            Hazard("lambda", "a Lambda layer holds Python bytecode", "scale", 5, "declare it"),
        ),
        notes=("the optimizer's state is left out",),
        next_command="tfmigrate h5-to-savedmodel model.h5 OUTPUT",
    )


@pytest.fixture
def migration(source: Source) -> Migration:
    weights = [t for t in source.tensors if not t.training]
    names = {t.name: t.name.removesuffix(":0") for t in weights}
    ignored = [t.name for t in source.tensors if t.training]
    plan = Plan(
        tuple(Assignment((s,), (t,)) for s, t in names.items()),
        tuple(Ignored(n, "optimizer slot") for n in ignored),
    )
    ledger = [LedgerEntry("restored", {s: "aa"}, {t: "aa"}, {t: "aa"}) for s, t in names.items()]
    ledger += [LedgerEntry("ignored", {n: "aa"}, rule="optimizer slot") for n in ignored]
    return Migration(
        source=source,
        output="out/model",
        engine="tf_keras 2.21",
        variables=tuple(VariableInfo(names[t.name], t.shape, t.dtype) for t in weights),
        plan=plan,
        ledger=tuple(ledger),
        signatures=(
            Signature(
                "serving_default",
                (TensorSpec("image", (None, 28, 28, 1), "float32"),),
                (TensorSpec("probs", (None, 10), "float32"), TensorSpec("top", (None,), "int64")),
            ),
        ),
        renamed={"head/fc": "head_fc"},
        parity=parity(),
        walls={
            "rebuilder": Walls({"memory": True, "files": True, "network": False}),
            "verifier": Walls({"memory": True, "files": True, "network": True}),
        },
        notes=("the Lambda `scale` was declared by the recipe",),
        seconds={"rebuild": 1.25},
        portability=Portability(("DenseBincount", "MatMul"), "2.3", ("DenseBincount",)),
    )


@pytest.fixture
def dry_run(migration: Migration) -> Migration:
    return replace(migration, output="", parity=None, ledger=(), walls={}, notes=())


@pytest.fixture
def failed(migration: Migration) -> Migration:
    wrong = OutputComparison(
        "probs", False, "float32", (5, 10), 50, 47, 0.31, 1.5, (1, 0, 7), Tolerance(1e-5, 1e-6),
        0.31, why="values differ by more than the tolerance", weak="constant", mean_abs=0.021,
        used=28e3, decisions=Decisions("arg-max", 5, 2, 1), expected="0.125", found="0.435",
    )  # fmt: skip
    verdict = replace(parity(), outputs=(wrong, parity().outputs[1]), checks={"repeatable": False})
    return replace(migration, output="", parity=verdict)


@pytest.fixture
def verification() -> Verification:
    return Verification(path="out/model", parity=parity(), source="model.h5", level="recorded")


def parity() -> Parity:
    probs = OutputComparison(
        "probs", True, "float32", (5, 10), 50, 0, 2.4e-7, 1e-6, (0, 2, 3), Tolerance(1e-5, 1e-6),
        used=0.048, decisions=Decisions("arg-max", 5, 5),
    )  # fmt: skip
    top = OutputComparison("top", True, "int64", (5,), 5)
    return Parity(
        level="reader",
        said="tf_keras's own load_model, reading the same file, gives the same outputs",
        outputs=(probs, top),
        checks={"repeatable": True, "batch-independent": True},
        notes=("no golden file was given",),
        noise=Noise({"probs": {"oneDNN off": 4.8e-7, "one by one": 6e-8}}),
    )

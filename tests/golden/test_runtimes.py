"""The table of runtimes."""

from __future__ import annotations

import re

import pytest

from tfmigrate.golden import runtimes
from tfmigrate.golden.runtimes import BY_KERAS, BY_TENSORFLOW, BY_TF_KERAS, OTHER_BACKEND, RUNTIMES

PROMISED = [
    "keras-0.3.3",
    "keras-1.0.8",
    "keras-1.2.2",
    "keras-1.2.2-theano",
    "keras-2.0.8",
    "keras-2.1.6",
    "keras-2.2.4",
    "keras-2.3.1",
    "tensorflow-1.4",
    "tensorflow-1.12",
    "tensorflow-1.15",
    "tensorflow-1.15-py2.7",
    "tensorflow-2.0",
    "tensorflow-2.3",
    "tensorflow-2.6",
    "tensorflow-2.8",
    "tensorflow-2.12",
    "tensorflow-2.15",
    "keras-3.0.5",
    "keras-3.3.3",
    "keras-3.8.0",
    "keras-3.12.0",
]


def test_every_promised_runtime_is_there():
    assert set(PROMISED) <= set(RUNTIMES)


@pytest.mark.parametrize("table", [BY_KERAS, BY_TF_KERAS, BY_TENSORFLOW])
def test_what_auto_can_choose_exists_and_goes_upwards(table):
    assert all(name in RUNTIMES for _, name in table)
    assert [upto for upto, _ in table] == sorted(upto for upto, _ in table)


def test_the_same_version_on_another_backend_is_just_that():
    for (name, backend), other in OTHER_BACKEND.items():
        assert RUNTIMES[other].env["KERAS_BACKEND"] == backend
        assert RUNTIMES[name].env["KERAS_BACKEND"] != backend
        assert RUNTIMES[other].keras_json["backend"] == backend


@pytest.mark.parametrize("runtime", RUNTIMES.values(), ids=list(RUNTIMES))
def test_a_row_is_whole(runtime):
    assert re.fullmatch(r"\d\.\d+\.\d+", runtime.base.full)
    assert runtime.base.full.startswith(f"{runtime.base.python}.")
    assert runtime.env["CUDA_VISIBLE_DEVICES"] == "-1"
    pins = {re.split(r"[=<]", p)[0]: p for p in runtimes.packages(runtime)}
    assert len(pins) == len(runtimes.packages(runtime))  # no package in two versions
    library, version = runtime.name.split("-")[:2]
    if library == "keras":
        assert pins["keras"] == f"keras=={version}"
        assert runtime.env["KERAS_BACKEND"] in runtime.imports
    else:
        pin = pins.get("tensorflow") or pins["tensorflow-cpu"]
        assert f"=={version}." in pin
    assert 50 < runtime.base.megabytes < 600

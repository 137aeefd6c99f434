"""The public names of the package: lazy, and callable whatever else was imported."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import tfmigrate
from tfmigrate.options import Options
from tfmigrate.results import Source


def test_every_public_name_is_there():
    assert all(getattr(tfmigrate, name) is not None for name in tfmigrate.__all__)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="nonsense"):
        tfmigrate.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_else():
    code = "import sys, tfmigrate; print([m for m in sys.modules if m.startswith('tfmigrate.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_subpackage_hides_a_public_function(calls):
    for module in pkgutil.walk_packages(tfmigrate.__path__, "tfmigrate."):
        assert module.name.removeprefix("tfmigrate.") not in tfmigrate.__all__


def test_the_command_follows_the_source(calls, answer):
    answer("inspect", Source("c", "tf2-checkpoint", "t"))
    tfmigrate.migrate("c", "out", samples=5)
    assert calls == [("migrate", "ckpt-to-savedmodel", Path("c"), Path("out"), Options(samples=5))]


def test_a_command_that_is_given_needs_no_look(calls):
    tfmigrate.migrate("c", "out", command="h5-to-savedmodel")
    assert [call[0] for call in calls] == ["migrate"]


def test_a_source_that_no_command_takes_is_left_to_the_pipeline_to_refuse(calls, answer):
    answer("inspect", Source("c", "frozen-graph", "a frozen graph"))
    tfmigrate.migrate("c", "out")
    assert calls[0][:2] == ("migrate", "h5-to-savedmodel")


def test_an_option_that_does_not_exist():
    with pytest.raises(TypeError, match="sample"):
        tfmigrate.migrate("c", "out", sample=5)

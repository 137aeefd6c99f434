"""The search for an old Python."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tfmigrate.errors import UsageProblem
from tfmigrate.golden import interpreters

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Path:
    """A machine with nothing on PATH and no pyenv."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def fake(path: Path, says: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nprintf '{says}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def quiet(text: str) -> None:
    raise AssertionError(f"nothing is to be downloaded: {text}")


def test_path_comes_first_and_a_shim_that_does_not_run_is_passed_over(machine):
    fake(machine / "bin" / "python3.6", "pyenv: not set up", 127)
    good = fake(machine / "pyenv" / "versions" / "3.6.15" / "bin" / "python", "3.6")
    assert interpreters.find("3.6", quiet) == good
    better = fake(machine / "bin" / "python3.6", "3.6")
    assert interpreters.find("3.6", quiet) == better


def test_a_python_of_another_version_under_that_name_is_none(machine):
    fake(machine / "bin" / "python3.6", "3.11")
    fake(machine / "pyenv" / "versions" / "3.60.1" / "bin" / "python", "3.6")  # not of 3.6
    assert interpreters.find("3.6", quiet) is None


def test_this_python_counts(machine):
    assert interpreters.find(HERE, quiet) == Path(sys.executable)


def test_uv_is_asked_from_3_8_on_and_its_download_is_announced(machine):
    python = fake(machine / "python3.8", "3.8")
    uv = machine / "bin" / "uv"
    uv.write_text(
        f'#!/bin/sh\necho "$@" >> {machine}/asked\n'
        f'[ "$2" = install ] && : > {machine}/there\n'
        f'[ "$2" = find ] && [ ! -e {machine}/there ] && exit 2\necho {python}\n'
    )
    uv.chmod(0o755)
    assert interpreters.find("3.6", quiet) is None
    assert not (machine / "asked").exists()
    said: list[str] = []
    assert interpreters.find("3.8", said.append) == python
    asked = (machine / "asked").read_text().splitlines()
    assert asked == ["python find 3.8", "python install 3.8", "python find 3.8"]
    assert len(said) == 1
    assert "downloads" in said[0]


@pytest.mark.parametrize(
    ("says", "what"), [("3.7", "the runtime needs 3.6"), ("hm", "is no Python")]
)
def test_the_users_own_must_fit(machine, says, what):
    path = fake(machine / "mine", says)
    with pytest.raises(UsageProblem, match=what):
        interpreters.given(path, "3.6")

"""The recorder as one file."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from tfmigrate.golden import script
from tfmigrate.version import __version__

VERMIN = "from vermin import main; main()"
PARTS = Path(str(resources.files("tfmigrate.golden"))) / "recorder"


@pytest.fixture
def written(tmp_path) -> Path:
    path = tmp_path / "recorder.py"
    path.write_text(script.source(), "utf-8")
    return path


def test_every_part_is_in_it_once_and_it_says_who_wrote_it():
    assert sorted(script.PARTS) == sorted(p.stem for p in PARTS.glob("*.py"))
    text = script.source()
    for name in script.PARTS:
        assert text.count(f"# ---- {name}: ") == 1
    assert f"of tfmigrate {__version__}" in text
    assert f'RECORDER = "tfmigrate {__version__}"' in text


def test_it_uses_nothing_of_tfmigrate_and_is_plain_ascii():
    text = script.source()
    assert re.search(r"^\s*(import|from)\s+tfmigrate", text, re.MULTILINE) is None
    assert text.isascii()


def test_no_name_is_defined_twice_and_none_is_missing(written):
    from symtable import symtable

    text = written.read_text()
    made = re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE)
    assert len(made) == len(set(made))
    table = symtable(text, "recorder", "exec")
    known = set(table.get_identifiers()) | set(dir(__builtins__)) | set(__builtins__)
    assert _free(table) <= known | {"__file__", "__name__"}


def _free(table) -> set[str]:
    inner = {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return inner.union(*(_free(child) for child in table.get_children()))


@pytest.mark.parametrize("version", ["2.7", "3.4", "3.13"])
def test_its_syntax_and_modules_are_those_of(written, version):
    command = [sys.executable, "-c", VERMIN, "--no-tips", f"-t={version}-", str(written)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_vermin_notices_what_is_too_new(written):
    written.write_text(script.source() + "\nf'{1}'\n")
    command = [sys.executable, "-c", VERMIN, "--no-tips", "-t=2.7-", str(written)]
    assert subprocess.run(command, capture_output=True).returncode != 0


def test_help_needs_nothing_but_numpy(written):
    command = [sys.executable, str(written), "--help"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert "SOURCE" in done.stdout

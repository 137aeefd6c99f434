"""The Pythons of this machine: PATH, pyenv, uv, and the one that was given."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tfmigrate.errors import UsageProblem, shown

_ASK = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
_PATIENCE = 20  # seconds; a shim of pyenv that is not set up answers at once
_UV_BEGINS = (3, 8)


def given(path: Path, version: str) -> Path:
    """The interpreter that the user gave.

    Raises:
        UsageProblem: It is no Python, or of another version.
    """
    found = version_of(path)
    if found is None:
        raise UsageProblem("--python is no Python that runs", where=shown(path))
    if version and found != version:
        raise UsageProblem(
            f"--python is Python {found}, and the runtime needs {version}", where=shown(path)
        )
    return path


def find(version: str, say: Callable[[str], None]) -> Path | None:
    """An interpreter of this version, None where the machine has none and uv brings none."""
    for path in (*_candidates(version), *_by_uv(version, say)):
        if version_of(path) == version:
            return path
    return None


def version_of(path: Path) -> str | None:
    """``3.6`` for a Python 3.6, None for what is no Python that runs."""
    try:
        done = subprocess.run(
            [str(path), "-E", "-S", "-c", _ASK],
            capture_output=True, text=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    answer = done.stdout.strip()
    return answer if done.returncode == 0 and re.fullmatch(r"\d+\.\d+", answer) else None


def _candidates(version: str) -> Iterator[Path]:
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        yield Path(sys.executable)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder, f"python{version}")
        if folder and path.is_file():
            yield path
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for installed in sorted(root.glob(f"versions/{version}*"), reverse=True):
        if re.fullmatch(re.escape(version) + r"(\..*)?", installed.name):
            yield installed / "bin" / "python"


def _by_uv(version: str, say: Callable[[str], None]) -> Iterator[Path]:
    """What uv has, or brings; it offers no Python below 3.8."""
    uv = shutil.which("uv")
    if uv is None or tuple(map(int, version.split("."))) < _UV_BEGINS:
        return
    for attempt in (["find"], ["install"], ["find"]):
        if attempt == ["install"]:
            say(f"no Python {version} is here: `uv python install {version}` downloads about 30 MB")
        done = subprocess.run(
            [uv, "python", *attempt, version],
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode == 0 and attempt == ["find"]:
            yield Path(done.stdout.strip())
            return

"""Environments made from the table of runtimes: in a cache, whole or not at all, used again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tfmigrate.errors import EnvironmentProblem, Problem, shown
from tfmigrate.export import leftovers
from tfmigrate.golden import by_hand, interpreters
from tfmigrate.golden.runtimes import Base, Runtime

_VIRTUALENV = "virtualenv==20.21.1"  # the last line that makes environments of Python 2.7
_HOUR = 3600
_KEPT = ("PATH", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH",
         "OMP_NUM_THREADS")  # fmt: skip

Say = Callable[[str], None]


@dataclass(frozen=True)
class Environment:
    """A runtime that can be started.

    Attributes:
        python: Its interpreter.
        env: Its whole environment, without the user's own.
    """

    python: Path
    env: dict[str, str]


def cache_folder() -> Path:
    """Where environments are kept: TFMIGRATE_CACHE, or the platform's folder for caches."""
    asked = os.environ.get("TFMIGRATE_CACHE")
    if asked:
        return Path(asked).absolute()
    usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or usual).absolute() / "tfmigrate"


def ready(runtime: Runtime, python: Path | None, say: Say) -> Environment:
    """The runtime's environment: the cached one, or a new one.

    Args:
        runtime: A row of the table.
        python: The interpreter to make it from, None to look for one.
        say: Is told, before anything is downloaded, what, how much, and where it goes.

    Raises:
        EnvironmentProblem: There is no fitting interpreter (the error says how to do it by hand),
            or pip cannot install the packages.
        UsageProblem: ``python`` is no such interpreter.
    """
    cache = cache_folder() / "runtimes"
    if python is not None:
        interpreters.given(python, runtime.base.python)
    with _writing(cache):
        return _ready(runtime, cache, python, say)


def _ready(runtime: Runtime, cache: Path, python: Path | None, say: Say) -> Environment:
    base = cache / _name(runtime.base)
    if not base.exists():
        found = python or interpreters.find(runtime.base.python, say)
        if found is None:
            raise by_hand.no_interpreter(runtime)
        listed = ", ".join(runtime.base.requires)
        say(f"making {runtime.name} in {cache}, from {found}")
        say(f"pip downloads about {runtime.base.megabytes} MB from the package index it is set up"
            f" for, and unpacks 4 times as much: {listed}")  # fmt: skip
        with _made_aside(base) as staged:
            _make_base(runtime, found, staged, cache, say)
    python_of = base / "bin" / "python"
    on_top = cache / f"{runtime.name}-{_digest(*runtime.on_top, base.name)}"
    if runtime.on_top and not on_top.exists():
        say(f"pip downloads less than 2 MB into {cache}: {', '.join(runtime.on_top)}")
        with _made_aside(on_top) as staged:
            _pip(runtime, python_of, "--no-deps", "--target", str(staged), *runtime.on_top)
            _try(runtime, Environment(python_of, environ(runtime, cache, staged)))
    return Environment(python_of, environ(runtime, cache, on_top if runtime.on_top else None))


def environ(runtime: Runtime, cache: Path, on_top: Path | None) -> dict[str, str]:
    """The variables of a runtime: a home of its own, no proxies, nothing that is secret."""
    kept = {k: v for k, v in os.environ.items() if k in _KEPT or k.startswith("LC_")}
    home = cache / f"home-{runtime.name}"
    (home / ".keras").mkdir(parents=True, exist_ok=True)
    for file in (home / "keras.json", home / ".keras" / "keras.json"):
        file.write_text(json.dumps(dict(runtime.keras_json), sort_keys=True))
    made = {**kept, **runtime.env, "HOME": str(home), "KERAS_HOME": str(home)}
    if "THEANO_FLAGS" in made:
        made["THEANO_FLAGS"] += f",base_compiledir={cache / 'theano'}"
    if on_top is not None:
        made["PYTHONPATH"] = str(on_top)
    return {**made, "PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8"}  # fmt: skip


def _name(base: Base) -> str:
    """The folder of a base: another pin is another folder."""
    return f"{base.requires[0].replace('==', '-')}-py{base.python}-" + _digest(
        base.python, base.only_binary, *base.tools, *base.requires
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _make_base(runtime: Runtime, python: Path, folder: Path, cache: Path, say: Say) -> None:
    base = runtime.base
    if base.python == "2.7":
        tool = _virtualenv(runtime, cache, say)
        data = {"VIRTUALENV_OVERRIDE_APP_DATA": str(folder.parent / "data")}
        _run(runtime, [str(tool), "-m", "virtualenv", "--no-periodic-update", "-q",
                       "-p", str(python), str(folder)], data)  # fmt: skip
    else:
        _run(runtime, [str(python), "-m", "venv", str(folder)])
    inside = folder / "bin" / "python"
    if base.tools:
        _pip(runtime, inside, "--upgrade", *base.tools)
    binary = ["--only-binary", base.only_binary] if base.only_binary else []
    _pip(runtime, inside, *binary, *base.requires)
    if not runtime.on_top:
        _try(runtime, Environment(inside, environ(runtime, cache, None)))


def _virtualenv(runtime: Runtime, cache: Path, say: Say) -> Path:
    """A Python with virtualenv, which makes environments of Python 2.7; venv cannot."""
    folder = cache / _VIRTUALENV.replace("==", "-")
    if not folder.exists():
        say(f"pip downloads 10 MB into {cache}: {_VIRTUALENV}, for Python 2.7")
        with _made_aside(folder) as staged:
            _run(runtime, [sys.executable, "-m", "venv", str(staged)])
            _pip(runtime, staged / "bin" / "python", _VIRTUALENV)
    return folder / "bin" / "python"


def _pip(runtime: Runtime, python: Path, *arguments: str) -> None:
    quiet = ["-q", "--disable-pip-version-check", "--no-input"]
    _run(runtime, [str(python), "-m", "pip", "install", *quiet, *arguments])


def _try(runtime: Runtime, environment: Environment) -> None:
    """Import what the runtime is for: an environment that cannot is never kept."""
    program = "; ".join(f"import {name}" for name in runtime.imports)
    _run(
        runtime,
        [str(environment.python), "-W", "ignore", "-c", program],
        environment.env,
        only=True,
    )


def _run(
    runtime: Runtime, command: Sequence[str], more: dict[str, str] | None = None, only: bool = False
) -> None:
    left_out = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    own = {k: v for k, v in os.environ.items() if k not in left_out}
    env = dict(more or {}) if only else {**own, **(more or {})}
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, errors="replace", timeout=_HOUR,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-8:]
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        said, failed = [str(error)], True
    if failed:
        raise EnvironmentProblem(
            f"the runtime {runtime.name} cannot be made here: `{shown(' '.join(command[1:]), 300)}`"
            " failed",
            [Problem(f"it said: {shown(line)}") for line in said if line.strip()],
            help=by_hand.container(runtime),
        )


@contextlib.contextmanager
def _made_aside(target: Path) -> Iterator[Path]:
    """A folder that becomes ``target`` when the context ends well, and is gone when not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    leftovers.clear(target)  # of runs that were killed
    folder, lock = leftovers.claim(target)
    try:
        yield folder / "made"
        if not target.exists():  # another run may have made it meanwhile
            os.rename(folder / "made", target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextlib.contextmanager
def _writing(cache: Path) -> Iterator[None]:
    """Turns a cache that is read-only or full into a sentence."""
    try:
        yield
    except OSError as error:
        raise EnvironmentProblem(
            f"the cache cannot be written: {error.strerror}",
            where=shown(error.filename or cache),
            help="TFMIGRATE_CACHE names another folder",
        ) from error

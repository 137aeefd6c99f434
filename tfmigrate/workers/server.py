"""The fork server: imports what workers need once, then forks a clean worker in milliseconds.

It never runs a TensorFlow op: children of a process that has run one hang.
Linux only: prctl, a pipe that kills its reader when its writer is gone.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import select
import signal
import socket
import traceback
import warnings
from collections.abc import Iterator

from tfmigrate import lazy
from tfmigrate.errors import EnvironmentProblem, TfmigrateError
from tfmigrate.workers.keras_block import block_keras
from tfmigrate.workers.limits import CANARY_FILE
from tfmigrate.workers.probe import Surroundings
from tfmigrate.workers.supervisor import LIFELINE, Supervisor


def main(options: str) -> None:
    """Serve until the parent closes the lifeline.

    Args:
        options: JSON: ``control`` (fd), ``preload``, ``canary`` (a path to make), ``gpu``,
            ``verbose``.
    """
    given = json.loads(options)
    problem = _preload(given["preload"])
    with _canary(given["canary"]) as canary:
        control = socket.socket(fileno=given["control"])
        around = Surroundings(os.getpid(), False, canary, given["gpu"])
        Supervisor(control, around, problem, verbose=given["verbose"]).serve()


def _preload(modules: list[str]) -> TfmigrateError | None:
    """Import the modules; the collector sleeps meanwhile (0.7 s of TensorFlow's 3.2)."""
    block_keras()
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    gc.disable()
    try:
        with _killed_without_parent():
            for module in modules:
                lazy.load(module)
    except TfmigrateError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a broken installation; every worker is told
        text = traceback.format_exc()
        return EnvironmentProblem(f"a package cannot be imported: {error!r}", help=text)
    finally:
        gc.freeze()  # workers then share these pages instead of copying them at a collection
        gc.set_threshold(100_000, 50, 100)  # graph building makes many objects that stay
        gc.enable()
    return None


@contextlib.contextmanager
def _killed_without_parent() -> Iterator[None]:
    """The kernel kills this process when the parent goes, even in the middle of an import."""
    flags = fcntl.fcntl(LIFELINE, fcntl.F_GETFL)
    fcntl.fcntl(LIFELINE, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(LIFELINE, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(LIFELINE, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([LIFELINE], [], [], 0)[0]:  # gone before the kernel was told
        os._exit(0)
    try:
        yield
    finally:
        fcntl.fcntl(LIFELINE, fcntl.F_SETFL, flags)


@contextlib.contextmanager
def _canary(path: str) -> Iterator[str]:
    """A folder, outside of everything workers may reach, for them to run against."""
    file = f"{path}/{CANARY_FILE}"
    try:
        os.mkdir(path, 0o700)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:  # said by the probe: not found out
        yield ""
        return
    try:
        yield path
    finally:
        os.unlink(file)
        os.rmdir(path)

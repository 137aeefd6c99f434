"""How a worker ended, as the error that the user or the developer gets."""

from __future__ import annotations

import math
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import (
    EnvironmentProblem,
    Problem,
    TfmigrateError,
    WorkerDied,
    from_dict,
    shown,
)
from tfmigrate.workers.limits import Limits
from tfmigrate.workers.messages import OUT_OF_MEMORY

_LAST_LINES = 5
_SIGNS_OF_NO_MEMORY = ("bad_alloc", "Cannot allocate memory", "out of memory", "OOM when",
                       "Resource temporarily unavailable", "failed to allocate")  # fmt: skip
_GIB = 1 << 30


class WorkerBug(RuntimeError):
    """A task raised something that is not for users; the text is the worker's traceback."""


@dataclass(frozen=True)
class Scene:
    """What was going on when a worker ended.

    Attributes:
        name: The worker (``rebuilder``).
        limits: What it was allowed.
        step: The last step it reported, "" for none.
    """

    name: str
    limits: Limits
    step: str = ""

    def died(self, how: str, output: str = "", help: str = "") -> WorkerDied:
        """The error that says how."""
        at = f" at the step `{shown(self.step)}`" if self.step else ""
        last = [line for line in output.splitlines() if line.strip()][-_LAST_LINES:]
        said = [Problem(f"it last printed: {shown(line.strip())}") for line in last]
        return WorkerDied(f"the {self.name} worker {how}{at}", said, help=help)

    def short_of_memory(self, output: str = "") -> WorkerDied:
        """The error that says that memory was too little, and what to do."""
        limit = self.limits.memory
        if limit is None:
            return self.died("found no more memory on this machine", output)
        more = f"{max(1, math.ceil(2 * limit / _GIB))}GB"
        return self.died(
            f"needed more than the {limit / _GIB:.3g} GiB of memory it may use",
            output,
            help=f"give it more with `--memory SIZE`, for example `--memory {more}`",
        )


def outcome_of(end: Mapping[str, Any], scene: Scene) -> dict[str, Any] | Exception:
    """The result, or the exception, for the message that a task ended with."""
    if isinstance(end.get("result"), dict):
        result: dict[str, Any] = end["result"]
        return result
    try:
        if "error" in end:
            return from_dict(end["error"])
        if "short" in end:
            return _short(end["short"], shown(end["why"], 500), scene)
        return WorkerBug(f"in the {scene.name} worker:\n{end['bug']}")
    except (KeyError, TypeError) as error:
        return WorkerBug(f"the {scene.name} worker ended with a message that is none: {error!r}")


def problem_of_death(ending: Mapping[str, Any] | None, scene: Scene, server: str) -> TfmigrateError:
    """The exception for a worker that ended without a message.

    Args:
        ending: What the fork server says of it; None when that is dead, too.
        scene: What was going on.
        server: What the fork server has printed.
    """
    if ending is None:
        return scene.died("was lost: the process that starts workers has died", server)
    if "problem" in ending:
        return from_dict(ending["problem"])
    output = str(ending.get("output", ""))
    if ending["stopped"] == "deadline":
        return scene.died(
            f"took longer than {scene.limits.seconds:g} s and was stopped",
            output,
            help="a damaged file can send a reader round in circles; is this one whole?",
        )
    if ending["stopped"]:
        return scene.died("was stopped on request")
    return _crash(ending, output, scene)


def _crash(ending: Mapping[str, Any], output: str, scene: Scene) -> TfmigrateError:
    no_memory = any(sign in output for sign in _SIGNS_OF_NO_MEMORY)
    if ending["exit"] == OUT_OF_MEMORY or (no_memory and scene.limits.memory is not None):
        return scene.short_of_memory(output)
    if ending["signal"] is None:
        return scene.died(f"ended without a result (exit status {ending['exit']})", output)
    name = signal.Signals(ending["signal"]).name
    if name == "SIGKILL":
        help = "somebody killed it, or this machine ran out of memory"
    else:
        help = "libraries crash like this on damaged or hostile files; is this one whole?"
    return scene.died(f"was ended by {name}", output, help)


def _short(of: str, why: str, scene: Scene) -> TfmigrateError:
    if of == "memory":
        return scene.short_of_memory(why)
    if of == "file size":
        limit = scene.limits.file_size
        return scene.died(f"wrote a file of more than the {limit} bytes it may have", why)
    return EnvironmentProblem(f"there is no room left on the disk: {why}")

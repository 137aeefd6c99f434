"""Running the recorder in an old runtime, and handing over the golden file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tfmigrate.errors import (
    EnvironmentProblem,
    NotRecognised,
    NotSupported,
    OutputExists,
    Problem,
    TfmigrateError,
    UsageProblem,
    shown,
)
from tfmigrate.golden import script
from tfmigrate.golden.environments import Environment
from tfmigrate.golden.results import Recorded
from tfmigrate.parity import golden_meta, npz
from tfmigrate.tensors import TensorSpec

_LAST_LINES = 8
# What an exception's last line begins with where the runtime, not the source, is at fault.
_OF_RUNTIME = ("ImportError", "ModuleNotFoundError", "MemoryError", "SyntaxError")
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


@dataclass(frozen=True)
class Job:
    """What to record.

    Attributes:
        source: The model.
        out: The golden file to write.
        options: Arguments for the recorder, as its command line takes them.
        overwrite: Whether a file at ``out`` may be replaced.
        timeout: Seconds that it may take.
        runtime: The name of the runtime, "" for the user's own environment.
        chosen: Why it was that one.
    """

    source: Path
    out: Path
    options: tuple[str, ...] = ()
    overwrite: bool = False
    timeout: float = 1800.0
    runtime: str = ""
    chosen: str = ""


def of_user(python: Path) -> Environment:
    """The user's own environment, everything as the user set it up."""
    return Environment(python, {**os.environ, **_QUIET, "PYTHONIOENCODING": "utf-8"})


def refuse_hopeless(source: Path, out: Path, overwrite: bool) -> None:
    """Before anything is made: there must be a source, and the golden file must be free.

    Raises:
        NotRecognised: There is nothing at ``source``, and no checkpoint of that prefix.
        OutputExists: Something is at ``out``.
        UsageProblem: There is no folder for it.
    """
    if not any(Path(f"{source}{end}").exists() for end in ("", ".meta", ".index")):
        raise NotRecognised(
            "there is no such file or folder", where=shown(source), help="check the path"
        )
    refuse_existing(out, overwrite)


def refuse_existing(out: Path, overwrite: bool) -> None:
    """The golden file must be free.

    Raises:
        OutputExists: Something is there.
        UsageProblem: There is no folder for it.
    """
    if os.path.lexists(out) and not (overwrite and out.is_file()):
        raise OutputExists(
            "the golden file exists and is left as it is" if out.is_file() else "this is no file",
            where=shown(out),
            help="choose another --out, or --overwrite to replace it",
        )
    if not out.absolute().parent.is_dir():
        raise UsageProblem("there is no folder for the golden file", where=shown(out))


def record(job: Job, environment: Environment) -> Recorded:
    """Run the recorder on a source; the golden file appears when it is whole.

    Raises:
        OutputExists: Something is at ``job.out``.
        UsageProblem: The arguments do not fit the source.
        NotSupported: The old runtime fails on the source; its last lines are in the error.
        EnvironmentProblem: It lacks what the source needs, was killed, or took too long.
    """
    refuse_existing(job.out, job.overwrite)
    with _partial(job.out) as made:
        with tempfile.TemporaryDirectory() as folder:
            recorder = Path(folder, "recorder.py")
            recorder.write_text(script.source(), "utf-8")
            command = [str(environment.python), "-W", "ignore", str(recorder),
                       str(job.source.absolute()), "--out", str(made), *job.options]  # fmt: skip
            code, said = _run(command, environment.env, folder, job.timeout)
        if code != 0 or not made.exists():
            raise _failure(code, said, job)
        found = _described(job, made, environment.python)
        _publish(made, job)
    return found


def _run(
    command: list[str], env: Mapping[str, str], folder: str, timeout: float
) -> tuple[int, str]:
    """The exit code (negative: the signal that ended it) and what was said on stderr.

    Raises:
        EnvironmentProblem: It does not start, or takes too long.
    """
    with tempfile.TemporaryFile() as stderr:
        try:
            child = subprocess.Popen(
                command, env=dict(env), cwd=folder, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
            )  # fmt: skip
        except OSError as error:
            raise EnvironmentProblem(
                f"this Python cannot be started: {error.strerror}", where=shown(command[0])
            ) from error
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise EnvironmentProblem(
                f"the recorder was not done after {timeout:g} seconds",
                help="--timeout gives it more",
            ) from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # what it started too
            child.wait()
        stderr.seek(max(0, stderr.tell() - (1 << 16)))
        return code, stderr.read().decode("utf-8", "replace")


def _failure(code: int, said: str, job: Job) -> TfmigrateError:
    lines = [line for line in said.splitlines() if line.strip()]
    where = shown(job.source)
    what = next((line[7:] for line in reversed(lines) if line.startswith("error: ")), "")
    if what and code in (2, 3, 6):
        kind = {2: UsageProblem, 3: NotSupported, 6: EnvironmentProblem}[code]
        return kind(shown(what, 1000), where=where, help=_ADVICE[code])
    tail = [Problem(f"it last said: {shown(line)}") for line in lines[-_LAST_LINES:]]
    if code < 0:
        name = signal.Signals(-code).name
        lacks = " (this processor lacks what it was built for)" if name == "SIGILL" else ""
        return EnvironmentProblem(f"the old runtime was ended by {name}{lacks}", tail, where=where)
    failed = [line[8:] for line in lines if line.startswith("failed: ")]
    last = (failed or lines or ["it said nothing"])[-1]
    if last.startswith(_OF_RUNTIME) or re.search(r"\bMemoryError\b", last):
        return EnvironmentProblem(
            f"the old runtime does not work here: {shown(last)}", tail, where=where,
            help=_ADVICE[6],
        )  # fmt: skip
    return NotSupported(
        f"the old runtime fails on this source: {shown(last)}", tail, where=where, help=_ADVICE[3]
    )


_ADVICE = {
    2: "`tfmigrate golden record --help` shows what there is",
    3: "another --runtime, the author's code with --code, or by hand: `tfmigrate golden script`",
    6: "another --runtime, or --python with an environment that has it",
}


def _described(job: Job, made: Path, python: Path) -> Recorded:
    """What is in the file, read as a migration will read it."""
    arrays = npz.load(made)
    said = golden_meta.read(arrays.get("meta"))
    numbers = {n.split("/")[1] for n in arrays if n.startswith("more/")}
    return Recorded(
        str(job.source), str(job.out), job.runtime, job.chosen, str(python), said.recorded,
        _specs(arrays, "inputs/"), _specs(arrays, "outputs/"), 1 + len(numbers),
        sum(n.startswith("activations/") for n in arrays), said.notes,
    )  # fmt: skip


def _specs(arrays: npz.Arrays, prefix: str) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(n.removeprefix(prefix), tuple(a.shape), npz.dtype_name(a))
        for n, a in sorted(arrays.items())
        if n.startswith(prefix)
    )


@contextlib.contextmanager
def _partial(out: Path) -> Iterator[Path]:
    """A path beside ``out`` for the recorder to write to; gone at the end."""
    folder = tempfile.mkdtemp(prefix=f".{out.name[:100]}.", dir=out.absolute().parent)
    try:
        yield Path(folder, "golden.npz")
    finally:
        for name in os.listdir(folder):
            os.unlink(Path(folder, name))
        os.rmdir(folder)


def _publish(made: Path, job: Job) -> None:
    """One rename, or one link where nothing may be replaced: link fails where something is."""
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    if job.overwrite:
        os.replace(made, job.out)
        return
    try:
        os.link(made, job.out)
    except FileExistsError:
        refuse_existing(job.out, False)
    except OSError:  # a file system without links
        refuse_existing(job.out, False)
        os.rename(made, job.out)

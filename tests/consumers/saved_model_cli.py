"""``saved_model_cli show`` and ``run``, TensorFlow's own command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from jobs import Job, Run

from tfmigrate.parity.npz import strings

# The command without Keras, which it does not need; it ends its process each time.
START = """
import sys
sys.modules["keras"] = sys.modules["tf_keras"] = None
from tensorflow.python.tools import saved_model_cli
for line in sys.stdin.read().splitlines():
    sys.argv = ["saved_model_cli", *line.split("\\0")]
    try:
        saved_model_cli.main()
    except SystemExit as end:
        if end.code:
            raise
"""


def ran(*commands: list[str]) -> str:
    """What the commands print, all in one process."""
    lines = "\n".join("\0".join(command) for command in commands)
    done = subprocess.run(
        [sys.executable, "-c", START],
        input=lines,
        capture_output=True,
        text=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def asked(jobs: list[Job], folder: Path) -> dict[tuple[str, str], list[Run] | str]:
    """What ``run`` answers to the first probe of each job, by model and signature."""
    return answered_and_shown(jobs, folder)[0]


def answered_and_shown(
    jobs: list[Job], folder: Path
) -> tuple[dict[tuple[str, str], list[Run] | str], str]:
    """The same, and what ``show`` says of the first model."""
    show = ["show", "--dir", str(jobs[0].model), "--all"]
    said = ran(show, *(_command(job, _folder(folder, i)) for i, job in enumerate(jobs)))
    answers = {(job.name, job.key): [_answers(_folder(folder, i))] for i, job in enumerate(jobs)}
    return dict(answers), said


def _folder(folder: Path, number: int) -> Path:
    made = folder / f"cli-{number}"
    made.mkdir(exist_ok=True)
    return made


def _command(job: Job, folder: Path) -> list[str]:
    given = []
    for number, (name, array) in enumerate(job.asked[0].items()):
        path = folder / f"{number}.npy.in"
        with path.open("wb") as file:
            np.save(file, array.astype("S") if array.dtype == object else array)
        given.append(f"{name}={path}")
    return [
        "run", "--dir", str(job.model), "--tag_set", "serve", "--signature_def", job.key,
        "--inputs", ";".join(given), "--outdir", str(folder), "--overwrite",
    ]  # fmt: skip


def _answers(folder: Path) -> Run:
    return {
        path.stem: strings(np.load(path, allow_pickle=True)) for path in folder.glob("*.npy")
    }  # fmt: skip

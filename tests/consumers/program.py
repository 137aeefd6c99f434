"""The C++ program: compiled against the headers and libraries of the installed TensorFlow."""

from __future__ import annotations

import importlib.util
import subprocess
from itertools import groupby
from pathlib import Path

import tensor_file
from jobs import Job, Run

SOURCE = Path(__file__).with_name("serve.cc")


def compiled(folder: Path) -> Path:
    """The program; 13 s of one core, nearly all of it TensorFlow's headers."""
    spec = importlib.util.find_spec("tensorflow")
    assert spec is not None
    assert spec.origin is not None
    wheel = str(Path(spec.origin).parent)
    libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
    command = [
        "g++", "-std=c++17", "-O0", "-w", f"-I{wheel}/include", str(SOURCE), "-o",
        str(folder / "serve"), f"-L{wheel}", "-Wl,--no-as-needed", f"-Wl,-rpath,{wheel}",
        *(f"-l:{name}" for name in libraries),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "serve"


def asked(program: Path, jobs: list[Job], folder: Path) -> dict[tuple[str, str], list[Run] | str]:
    """What it answers to every job, by model and signature; or why it does not."""
    found: dict[tuple[str, str], list[Run] | str] = {}
    for model, group in groupby(jobs, key=lambda job: job.model):
        of_model = list(group)
        files = [
            (job, folder / f"{n}-{i}-{job.name}.in", folder / f"{n}-{i}-{job.name}.out")
            for n, job in enumerate(of_model)
            for i in range(len(job.asked))
        ]
        for (_, sent, _), values in zip(
            files, (run for job in of_model for run in job.asked), strict=True
        ):
            tensor_file.write(sent, values)
        given = [part for job, *paths in files for part in (job.key, *map(str, paths))]
        done = subprocess.run([str(program), str(model), *given], capture_output=True, text=True)
        for job in of_model:
            own = [out for one, _, out in files if one is job]
            whole = all(out.exists() for out in own)
            answers = [tensor_file.read(out) for out in own] if whole else []
            found[job.name, job.key] = answers if whole else done.stderr.strip()[-300:]
    return found

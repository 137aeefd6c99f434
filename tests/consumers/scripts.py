"""Consumers that are Python programs, each in a process of its own: one asks all jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from jobs import Job, Run

from tfmigrate.parity import probes

HERE = Path(__file__).parent


def asked(
    script: str, jobs: list[Job], folder: Path, python: str = sys.executable
) -> dict[tuple[str, str], list[Run] | str]:
    """What ``by_<script>.py`` finds for every job, by model and signature; or why nothing."""
    orders = []
    for number, job in enumerate(jobs):
        sent, answered = (folder / f"{script}-{number}-{way}.npz" for way in ("sent", "answered"))
        probes.save(sent, job.asked)
        orders.append({
            "model": str(job.model), "key": job.key, "sent": str(sent), "answered": str(answered),
            "inputs": sorted(job.asked[0]), "outputs": sorted(job.expected[0]),
            "folder": str(folder),
        })  # fmt: skip
    order = folder / f"{script}.json"
    order.write_text(json.dumps(orders))
    done = subprocess.run(
        [python, str(HERE / f"by_{script}.py"), str(order)],
        capture_output=True,
        text=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    refused = json.loads(done.stdout.strip().splitlines()[-1])
    return {
        (job.name, job.key): why or list(probes.load(Path(order["answered"]))[1])
        for job, order, why in zip(jobs, orders, refused, strict=True)
    }

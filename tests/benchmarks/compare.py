"""Time tfmigrate against the plain ``load_model`` + ``export`` script, in one run on one machine.

    python tests/benchmarks/compare.py [--spliceai FILE.h5] [--gigabytes 1.0] [--models 20]

Prints ratios of wall time and of peak memory (the largest sum of resident memory over the whole
process tree). The big file is made here; SpliceAI's is given, or fetched with pip.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
FIXTURE = HERE.parent / "fixtures" / "keras2_mnist_cnn" / "model.h5"

PLAIN = """
import os, sys
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
import {keras} as keras
model = keras.models.load_model(sys.argv[1], compile=False)
model.export(sys.argv[2])
"""


@dataclass(frozen=True)
class Figure:
    """What one way of doing a piece of work took."""

    seconds: float
    megabytes: float


def measured(command: list[str]) -> Figure:
    quiet = subprocess.DEVNULL
    start, process = time.monotonic(), subprocess.Popen(command, stdout=quiet, stderr=quiet)
    peak = watched(process)
    if process.returncode != 0:
        raise SystemExit(f"failed with {process.returncode}: {' '.join(command)}")
    return Figure(time.monotonic() - start, peak)


def watched(process: subprocess.Popen[bytes]) -> float:
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, tree_megabytes(process.pid))
        time.sleep(0.2)  # reading the maps of a process slows it down
    return peak


def tree_megabytes(root: int) -> float:
    """Proportional set sizes over the tree: pages that a fork shares count once."""
    parents: dict[int, int] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = pathlib.Path(entry.path, "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(stat[1])
            except OSError:
                continue  # it ended while we looked
    tree, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in tree} - tree
        tree, grown = tree | more, bool(more)
    return sum(map(proportional, tree)) / 1024


def proportional(pid: int) -> int:
    try:
        lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def make_big(path: pathlib.Path, gigabytes: float) -> None:
    """A whole-model H5 of one Embedding, laid out as tf.keras 2.x wrote it."""
    import h5py
    import numpy as np

    rows, width = int(gigabytes * 2**30 / 4 / 256), 256
    embedding = {
        "name": "embedding", "trainable": True, "batch_input_shape": [None, 8], "dtype": "float32",
        "input_dim": rows, "output_dim": width, "mask_zero": False, "input_length": 8,
        "embeddings_initializer": {"class_name": "RandomUniform", "config": {}},
        "embeddings_regularizer": None, "activity_regularizer": None, "embeddings_constraint": None,
    }  # fmt: skip
    layers = [{"class_name": "Embedding", "config": embedding}]
    config = {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        for holder in (file, file.create_group("model_weights")):
            holder.attrs["keras_version"], holder.attrs["backend"] = "2.15.0", "tensorflow"
        weights = file["model_weights"]
        weights.attrs["layer_names"] = [b"embedding"]
        group = weights.create_group("embedding")
        group.attrs["weight_names"] = [b"embedding/embeddings:0"]
        data = group.create_dataset("embedding/embeddings:0", (rows, width), "f4")
        random = np.random.default_rng(0)
        for start in range(0, rows, 1 << 16):
            stop = min(rows, start + (1 << 16))
            data[start:stop] = random.standard_normal((stop - start, width), np.float32)


def fleet(models: int, folder: pathlib.Path) -> Figure:
    """Small models through one warm fork server of the library, two at a time."""
    script = f"""
import pathlib, sys
from concurrent.futures import ThreadPoolExecutor
from tfmigrate import pipeline
source, folder = pathlib.Path({str(FIXTURE)!r}), pathlib.Path({str(folder)!r})
with pipeline.Crew() as crew, ThreadPoolExecutor(2) as pool:
    def one(number):
        return pipeline.migrate("h5-to-savedmodel", source, folder / str(number), crew=crew)
    assert all(done.parity for done in pool.map(one, range({models})))
"""
    return measured([sys.executable, "-c", script])


def plain(keras: str, source: pathlib.Path, output: pathlib.Path) -> Figure:
    return measured([sys.executable, "-c", PLAIN.format(keras=keras), str(source), str(output)])


def ours(source: pathlib.Path, output: pathlib.Path) -> Figure:
    command = ["h5-to-savedmodel", str(source), str(output), "-q"]
    return measured([sys.executable, "-m", "tfmigrate", *command])


def row(work: str, theirs: Figure, us: Figure) -> None:
    print(
        f"{work:44} {theirs.seconds:7.1f} s {us.seconds:7.1f} s  {us.seconds / theirs.seconds:5.2f}"
        f"   {theirs.megabytes:7.0f} MB {us.megabytes:7.0f} MB"
        f"  {us.megabytes / theirs.megabytes:5.2f}",
        flush=True,
    )


def fetched(folder: pathlib.Path) -> pathlib.Path:
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    subprocess.run([*pip, "spliceai==1.3.1"], check=True)
    import zipfile

    with zipfile.ZipFile(next(folder.glob("spliceai*.whl"))) as wheel:
        return pathlib.Path(wheel.extract("spliceai/models/spliceai1.h5", folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spliceai", type=pathlib.Path)
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--models", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tfmigrate-bench-") as name:
        folder = pathlib.Path(name)
        print(f"{'work':44} {'plain':>9} {'ours':>9}  ratio   {'plain':>10} {'ours':>10}  ratio")
        source = asked.spliceai or fetched(folder)
        mine = ours(source, folder / "splice-ours")
        for keras in ("keras", "tf_keras"):
            row(f"SpliceAI, cold, against {keras}", plain(keras, source, folder / keras), mine)
        big = folder / "big.h5"
        make_big(big, asked.gigabytes)
        mine = ours(big, folder / "big-ours")
        row(f"embedding of {asked.gigabytes:g} GiB, against tf_keras",
            plain("tf_keras", big, folder / "big-plain"), mine)  # fmt: skip
        one = plain("tf_keras", FIXTURE, folder / "small")
        many = Figure(one.seconds * asked.models, one.megabytes)
        row(f"{asked.models} small models, plain once per model", many, fleet(asked.models, folder))


if __name__ == "__main__":
    main()

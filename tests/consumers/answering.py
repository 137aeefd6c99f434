"""The frame of a consumer's script: none of our code, arrays in and out as ``0/inputs/NAME``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import numpy as np


def main(ask: Callable[[dict], Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]]) -> None:
    """Answer every job of the file that is the first argument; print why not, job by job."""
    refused = []
    with open(sys.argv[1]) as file:
        orders = json.load(file)
    for order in orders:
        try:
            answer = ask(order)
            found = [answer(run) for run in _runs(order["sent"])]
            np.savez(order["answered"], **{
                f"{i}/outputs/{name}": _plain(array)
                for i, run in enumerate(found) for name, array in run.items()
            })  # fmt: skip
            refused.append("")
        except Exception as error:  # noqa: BLE001 - a table has a row for it
            said = f"{type(error).__name__}: {error}".strip().split("\n")
            refused.append(" ".join(said)[:300])
    print("\n" + json.dumps(refused))


def _runs(path: str) -> list[dict[str, np.ndarray]]:
    runs: dict[int, dict[str, np.ndarray]] = {}
    with np.load(path, allow_pickle=False) as arrays:
        for name, array in arrays.items():
            number, _, rest = name.partition("/")
            value = array.astype(object) if array.dtype.kind == "S" else array
            runs.setdefault(int(number), {})[rest.partition("/")[2]] = value
    return [runs[i] for i in sorted(runs)]


def _plain(array: np.ndarray) -> np.ndarray:
    made = np.asarray(array)
    return made.astype("S") if made.dtype == object else made

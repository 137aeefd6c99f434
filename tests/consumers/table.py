"""The table of consumers by hand: ``python tests/consumers/table.py NAME=SAVEDMODEL ...``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent)]

import jobs  # noqa: E402
import program  # noqa: E402
import saved_model_cli  # noqa: E402
import scripts  # noqa: E402

SCRIPTS = ("keras", "openvino", "onnx")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="+")
    parser.add_argument("--consumers", default=f"c++,saved_model_cli,{','.join(SCRIPTS)}")
    given = parser.parse_args()
    pairs = [text.partition("=")[::2] for text in given.models]
    asked = [job for name, path in pairs for job in jobs.jobs(name, Path(path).absolute())]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for consumer in given.consumers.split(","):
            if consumer == "c++":
                found = program.asked(program.compiled(folder), asked, folder)
            elif consumer == "saved_model_cli":
                found = saved_model_cli.asked(asked, folder)
            else:
                found = scripts.asked(consumer, asked, folder)
            for job in asked:
                print(f"| {consumer} | {job.name} | {job.key} | {_cell(job, found)} |", flush=True)


def _cell(job, found) -> str:
    answer = found[job.name, job.key]
    if isinstance(answer, str):
        return f"refused: {answer}"
    difference, wrong = jobs.apart(job, answer)
    return f"{difference:.1e} " + "; ".join(wrong)


if __name__ == "__main__":
    main()

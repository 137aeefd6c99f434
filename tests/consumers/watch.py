"""The watcher by hand: ``python tests/consumers/watch.py MODEL.h5 100``.

Every version that appears is loaded at once, whole, by the C++ program.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import program
import watching

import tfmigrate
from tfmigrate.workers.crew import Crew


def main(source: str, versions: int) -> None:
    with tempfile.TemporaryDirectory() as made, Crew() as crew:
        folder = Path(made)
        serve = program.compiled(folder)

        def load(version: Path) -> None:
            watching.whole(version)
            subprocess.run([str(serve), str(version)], check=True, capture_output=True)

        with watching.Watcher(folder / "served", load) as watcher:
            for version in range(1, versions + 1):
                tfmigrate.migrate(source, folder / "served", crew=crew, model_version=version)
            watcher.sees(versions)
    print(f"{versions} exports, {watcher.polls} polls, {len(watcher.loaded)} versions loaded")
    print(f"{len(watcher.broken)} did not load", *watcher.broken, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

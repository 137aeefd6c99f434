"""A watcher that polls as TensorFlow Serving does never sees a version that does not load.

It looks at the children whose names are numbers, takes the biggest, and loads it at once. Here it
reads the version whole without TensorFlow; ``watch.py`` loads it, by hand, with the C++ program.
"""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import watching

from tfmigrate import pipeline
from tfmigrate.options import Options

VERSIONS = 6


def test_every_version_that_appears_is_whole(fixtures, tmp_path, crew):
    watcher = watching.Watcher(tmp_path / "served", watching.whole)
    with watcher:
        for version in range(1, VERSIONS + 1):
            options = Options(model_version=version)
            source = fixtures / "keras2_two_outputs/model.h5"
            pipeline.migrate("h5-to-savedmodel", source, tmp_path / "served", options, crew=crew)
        watcher.sees(VERSIONS)
    assert watcher.broken == []
    assert watcher.loaded[-1] == VERSIONS
    assert watcher.polls > VERSIONS


def test_a_version_that_is_copied_in_file_by_file_is_noticed(fixtures, tmp_path):
    """The watcher, seen to fail."""
    saved = fixtures / "saved_models/tf28_module/saved_model"
    served, go = tmp_path / "served", threading.Event()

    def slowly(source: str, target: str) -> None:
        go.wait(0.2)
        shutil.copyfile(source, target)

    with watching.Watcher(served, watching.whole) as watcher:
        shutil.copytree(saved, served / "1", copy_function=slowly)
    assert watcher.broken

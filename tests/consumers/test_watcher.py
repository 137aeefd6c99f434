"""A watcher that polls as TensorFlow Serving does never sees a version that does not load.

It looks at the children whose names are numbers, takes the biggest, and loads it at once. Here it
reads the version whole without TensorFlow; ``watch.py`` loads it, by hand, with the C++ program.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import watching

from tfmigrate import pipeline
from tfmigrate.export.publish import Staging
from tfmigrate.options import Options

MIGRATED, STAGED = 2, 15


def test_every_version_that_appears_is_whole(fixtures, tmp_path, crew):
    served = tmp_path / "served"
    with watching.Watcher(served, watching.whole) as watcher:
        for version in range(1, MIGRATED + 1):
            options = Options(model_version=version)
            source = fixtures / "keras2_two_outputs/model.h5"
            pipeline.migrate("h5-to-savedmodel", source, served, options, crew=crew)
        for version in range(MIGRATED + 1, MIGRATED + STAGED + 1):
            with Staging(served, False, version) as staging:
                shutil.copytree(
                    served / "1", staging.path, copy_function=slowly, dirs_exist_ok=True
                )
                staging.publish()
        watcher.sees(MIGRATED + STAGED)
    assert watcher.broken == []
    assert watcher.loaded[0] == 1
    assert watcher.loaded[-1] == MIGRATED + STAGED
    assert len(watcher.loaded) > STAGED / 2


def slowly(source: str, target: str) -> None:
    """Time for the watcher to look between two files."""
    time.sleep(0.01)
    shutil.copyfile(source, target)


def test_a_version_that_is_copied_in_file_by_file_is_noticed(fixtures, tmp_path):
    """The watcher, seen to fail."""
    saved = fixtures / "saved_models/tf28_module/saved_model"
    served = tmp_path / "served"
    with watching.Watcher(served, watching.whole) as watcher:
        shutil.copytree(saved, served / "1", copy_function=slowly)
        watcher.sees(1, 1)
    assert watcher.broken

"""Polls a folder of versions every 50 ms, and loads what it sees at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tfmigrate.export.certificate import OWN, manifest
from tfmigrate.sources import protos
from tfmigrate.sources.bundle import check, open_bundle

EVERY = 0.05


def whole(version: Path) -> None:
    """Read all of a version: graph, variables, every file that the certificate names.

    Raises:
        Exception: Something is missing, or not what it should be.
    """
    model = protos.parse("SavedModel", (version / "saved_model.pb").read_bytes(), str(version))
    assert len(model.meta_graphs) == 1
    bundle = open_bundle(version / "variables" / "variables")
    for name, entry in bundle.entries.items():
        if entry.dtype != "string":  # of text, the checksum is over more than its bytes
            check(bundle, name)
    said = json.loads((version / OWN).read_text())["files"]
    assert said == manifest(version)


class Watcher:
    """A thread; ``loaded`` and ``broken`` say what it saw."""

    def __init__(self, folder: Path, load: Callable[[Path], None]) -> None:
        self.loaded: list[int] = []
        self.broken: list[str] = []
        self.polls = 0
        self._folder, self._load = folder, load
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def sees(self, version: int, seconds: float = 60) -> None:
        """Wait until it has seen a version."""
        until = time.monotonic() + seconds
        while version not in self.loaded and not self.broken and time.monotonic() < until:
            time.sleep(EVERY)

    def _watch(self) -> None:
        while not self._end.is_set():
            self.polls += 1
            self._poll()
            self._end.wait(EVERY)

    def _poll(self) -> None:
        names = [p.name for p in self._folder.iterdir()] if self._folder.exists() else []
        versions = [int(name) for name in names if name.isdigit()]
        newest = max(versions, default=-1)
        if newest < 0 or newest in self.loaded:
            return
        try:
            self._load(self._folder / str(newest))
            self.loaded.append(newest)
        except Exception as error:  # noqa: BLE001 - whatever it is, it did not load
            self.broken.append(f"{newest}: {error!r}"[:500])

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

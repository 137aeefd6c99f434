"""Progress on stderr, for what takes longer than a second."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

from tfmigrate.errors import shown
from tfmigrate.report.words import size

if TYPE_CHECKING:
    from rich.status import Status

PATIENCE = 1.0  # seconds; what ends sooner is not worth a line

Report = Callable[[str, int, int], None]


@contextlib.contextmanager
def shown_on(
    stream: TextIO, *, quiet: bool = False, patience: float = PATIENCE
) -> Iterator[Report]:
    """A callback (step, bytes done, bytes in all) whose calls become lines on ``stream``.

    A terminal gets one line that rewrites itself and is gone at the end; anything else gets one
    plain line for each step that lasts.
    """
    if quiet:
        yield lambda step, done, total: None
        return
    terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    watch = _Watch(_Rewriting(stream) if terminal else _Plain(stream), patience)
    try:
        yield watch.update
    finally:
        watch.close()


class _Plain:
    """One line per step, written once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._last = stream, ""

    def show(self, step: str, numbers: str) -> None:
        if step != self._last:
            self._last = step
            self._stream.write(f"{step}{numbers} ...\n")
            self._stream.flush()

    def close(self) -> None:
        """Nothing to take back."""


class _Rewriting:
    """One line of a terminal, cut to its width and removed at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._status: Status | None = None

    def show(self, step: str, numbers: str) -> None:
        from rich.text import Text  # takes 0.1 s, so only where there is time

        line = Text(step + numbers, no_wrap=True, overflow="ellipsis")
        if self._status is None:
            from rich.console import Console

            self._status = Console(file=self._stream).status(line)
            self._status.start()
        self._status.update(line)

    def close(self) -> None:
        if self._status is not None:
            self._status.stop()


class _Watch:
    """Looks at the running step from a thread, since a long step makes no calls."""

    def __init__(self, display: _Plain | _Rewriting, patience: float) -> None:
        self._display, self._patience = display, patience
        self._step, self._numbers, self._since = "", "", 0.0
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self._thread.start()

    def update(self, step: str, done: int, total: int) -> None:
        """Note where the work is; called from the thread that does it."""
        with self._lock:
            if step != self._step:
                self._step, self._since = step, time.monotonic()
            self._numbers = f" {size(done)} of {size(total)}" if total else ""

    def close(self) -> None:
        """Stop looking, and leave the terminal as it was."""
        self._over.set()
        self._thread.join()
        self._display.close()

    def _run(self) -> None:
        while not self._over.wait(self._patience / 10):
            with self._lock:
                step, numbers, age = self._step, self._numbers, time.monotonic() - self._since
            if step and age >= self._patience:
                try:
                    self._display.show(shown(step), numbers)
                except (OSError, ValueError):  # nobody reads stderr any more, or it was closed
                    return

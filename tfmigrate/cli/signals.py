"""SIGINT, SIGTERM and SIGHUP: at once while starting, later as an exception that lets us clean."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
_ENDS = (signal.SIGTERM, signal.SIGHUP)

Handler = Callable[[int, FrameType | None], None]


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__()
        self.exit_code = 128 + number


@contextmanager
def at_once() -> Iterator[None]:
    """Each signal ends the process; while modules are imported there is nothing to clean.

    An exception in the middle of an import can surface as a traceback of something else.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        os.write(2, b"interrupted\n" if number == signal.SIGINT else b"terminated\n")
        os._exit(128 + number)

    with _handled((signal.SIGINT, *_ENDS), stop):
        yield


@contextmanager
def unwinding() -> Iterator[None]:
    """SIGTERM and SIGHUP unwind as an exception does: workers end and staging is removed."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in _ENDS:  # a second one must not cut the cleaning short
            signal.signal(each, signal.SIG_IGN)
        raise Terminated(number)

    with _handled(_ENDS, stop):
        yield


@contextmanager
def _handled(numbers: Sequence[signal.Signals], handler: Handler) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in numbers}
    # nohup ignores SIGHUP, a shell SIGINT of its background jobs; both mean it.
    before = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old or signal.SIG_DFL)

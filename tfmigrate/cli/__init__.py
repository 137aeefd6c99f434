"""The command line; click and the commands are imported when it runs."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tfmigrate.cli import signals

_INTERRUPTED = (129, 130, 143)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; everything that can happen becomes an exit code."""
    try:
        with signals.at_once():
            from tfmigrate.cli import app
        return app.run(arguments)
    except KeyboardInterrupt:  # between the two, or once more while the first one was reported
        sys.stderr.write("interrupted\n")
        return signals.INTERRUPTED


def entry() -> NoReturn:
    """The process of the console script and of ``python -m``: run one command line and end."""
    code = main()
    if code in _INTERRUPTED:
        # Everything is cleaned. A KeyboardInterrupt inside an exec() makes CPython end by SIGINT
        # instead of with our code, and threads that still listen would be waited for.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)

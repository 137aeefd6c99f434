"""The command line; click and the commands are imported when it runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfmigrate.cli import signals


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; everything that can happen becomes an exit code."""
    try:
        with signals.at_once():
            from tfmigrate.cli import app
        return app.run(arguments)
    except KeyboardInterrupt:  # between the two, or once more while the first one was reported
        sys.stderr.write("interrupted\n")
        return signals.INTERRUPTED

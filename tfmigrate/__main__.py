"""``python -m tfmigrate``."""

from __future__ import annotations

from tfmigrate.cli import entry

if __name__ == "__main__":
    entry()

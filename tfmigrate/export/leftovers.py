"""Staging folders of one target: their names, and what killed runs left in them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from tfmigrate.export import locks

LOCK = "lock"
MODEL = "savedmodel"
ASIDE = "replaced"


def base_name(target: Path) -> str:
    """The hidden name that every file beside ``target`` begins with; never a number."""
    name = os.fsencode(target.name)
    if len(name) > 200:  # a file name has 255 bytes, ours adds up to 36
        name = name[:100] + b"-" + hashlib.sha256(name).hexdigest()[:16].encode()
    return f".{os.fsdecode(name)}.tfmigrate"


def claim(target: Path) -> tuple[Path, int]:
    """A new staging folder beside ``target`` (mode 0700), and the lock that says it is in use.

    Raises:
        OSError: The folder cannot be made.
    """
    while True:
        folder = target.parent / f"{base_name(target)}-{secrets.token_hex(4)}.partial"
        with contextlib.suppress(FileExistsError):
            folder.mkdir(0o700)
            # Another run may take a folder without a held lock for a leftover; then try again.
            with contextlib.suppress(FileNotFoundError):
                held = locks.take(folder / LOCK)
                if held is not None:
                    return folder, held


def clear(target: Path) -> None:
    """Remove what killed runs for ``target`` left; put back what one had moved aside.

    A run that is alive holds its lock, which the kernel drops with its process, so no process id
    is trusted.
    """
    for folder in _of(target):
        # Empty: killed before it had a lock, or about to take one; rmdir loses that race safely.
        with contextlib.suppress(OSError):
            folder.rmdir()
            continue
        with contextlib.suppress(FileNotFoundError):
            held = locks.take(folder / LOCK)
            if held is not None:
                discard(folder, target)
                os.close(held)


def discard(folder: Path, target: Path) -> None:
    """Remove a staging folder, after putting back the old output where nothing replaced it.

    What was moved aside is renamed first: half removed it must never be put back.
    """
    aside = folder / ASIDE
    if os.path.lexists(aside):
        there = os.path.lexists(target)
        os.rename(aside, folder / "discarded" if there else target)
    shutil.rmtree(folder)


def _of(target: Path) -> Iterator[Path]:
    name = re.compile(re.escape(base_name(target)) + r"-[0-9a-f]{8}\.partial")
    for path in sorted(target.parent.iterdir()):
        if name.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_uid == os.geteuid():
                    yield path

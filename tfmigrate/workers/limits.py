"""What a worker may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CANARY_FILE = "canary"  # in a folder outside of all that any worker may use


@dataclass(frozen=True)
class Limits:
    """What a worker may use.

    Attributes:
        memory: Bytes of address space beyond what the process has when its task starts; None: any.
        seconds: Wall time (may be infinite); then the whole process group is killed.
        read: Files and folders it may read, besides Python, its packages and system libraries.
        write: Folders it may read and write; the first is its working directory.
        file_size: Bytes that one file may grow to; None: any.
        without: Walls left out, of :data:`tfmigrate.workers.walls.NAMES`; for tests that show what
            each wall is good for.
    """

    memory: int | None = None
    seconds: float = 600.0
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    file_size: int | None = None
    without: tuple[str, ...] = ()

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Limits:
        """The limits that ``dataclasses.asdict`` and JSON have made of them."""
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return Limits(**given)

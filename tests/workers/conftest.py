from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tfmigrate.workers.client import Server

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="session")
def tasks_folder() -> str:
    return HERE


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A light fork server that can import tests/workers/tasks.py."""
    with Server(path=(HERE,)) as server:
        yield server

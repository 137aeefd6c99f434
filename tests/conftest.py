from __future__ import annotations

from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of files that old runtimes wrote."""
    return FIXTURES


@pytest.fixture(scope="session")
def crew():
    """Warm fork servers for the tests of a whole process."""
    from tfmigrate.workers.crew import Crew

    with Crew() as made:
        yield made

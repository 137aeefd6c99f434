from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
# Else one process would end with them while the other waits.
LONGEST = ("test_readme.py", "test_published.py", "test_diagnosis.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest starts first; what takes too long runs with ``pytest -m big``."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
    if "big" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("big"):
            item.add_marker(pytest.mark.skip(reason="takes long: pytest -m big"))


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


@pytest.fixture(scope="session")
def package_index(tmp_path_factory) -> None:
    """Skips, and says so, where pip reaches no package index."""
    folder = tmp_path_factory.mktemp("index")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    done = subprocess.run([*command, "six==1.16.0"], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no package index can be reached: {done.stderr.strip()[-200:]}")

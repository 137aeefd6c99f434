from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FIXTURES = Path(__file__).parent / "fixtures"
# Else one process would end with them while the other waits.
LONGEST = ("test_readme.py", "test_published.py", "test_diagnosis.py", "test_consumers.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest starts first; what takes too long, or packages of the extra, on demand."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
    reasons = {
        "big": "takes long: pytest -m big",
        "consumers": "needs the extra `consumers`: pytest -m consumers",
    }
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker) and marker not in config.option.markexpr:
                item.add_marker(pytest.mark.skip(reason=reason))


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
def call_signatures(tmp_path_factory):
    """Calls signatures in a fresh process: ``call(model, {key: {input: array}})``."""

    def call(model: Path, sent: dict) -> dict:
        folder = tmp_path_factory.mktemp("fresh")
        arrays = {
            f"{key}/{name}": _fixed(array) if array.dtype == object else array
            for key, values in sent.items()
            for name, array in values.items()
        }
        np.savez(folder / "sent.npz", **arrays)
        script = Path(__file__).with_name("fresh.py")
        files = [str(folder / "sent.npz"), str(folder / "found.npz")]
        done = subprocess.run(
            [sys.executable, str(script), str(model), *files], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found: dict = {key: {} for key in sent}
        with np.load(files[1]) as answers:
            for name, array in answers.items():
                key, _, output = name.partition("/")
                found[key][output] = array
        return found

    return call


def _fixed(array: np.ndarray) -> np.ndarray:
    """Bytes of one length, which an .npz holds without pickle and to the last NUL."""
    values = array.tolist()
    assert len({len(v) for v in values}) == 1
    return np.array(values, f"V{len(values[0])}")


@pytest.fixture(scope="session")
def package_index(tmp_path_factory) -> None:
    """Skips, and says so, where pip reaches no package index."""
    folder = tmp_path_factory.mktemp("index")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    done = subprocess.run([*command, "six==1.16.0"], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no package index can be reached: {done.stderr.strip()[-200:]}")

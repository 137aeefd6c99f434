"""A run that is killed or interrupted leaves the old output or none, and no process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def start(source: Path, output: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tfmigrate", "h5-to-savedmodel", str(source), str(output)]
    # Its own session, so that nothing but the signal sent here reaches it.
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def descendants(pid: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
        except (OSError, ValueError):
            continue
    found = {pid}
    while more := {c for c, p in parents.items() if p in found} - found:
        found |= more
    return found - {pid}


def gone(pids: set[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("after", [0.3, 1.5, 3.0])
@pytest.mark.parametrize(
    ("ending", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_nothing_is_half_written_and_nothing_lives_on(fixtures, tmp_path, ending, code, after):
    output = tmp_path / "out"
    run = start(fixtures / "keras2_two_outputs" / "model.h5", output)
    time.sleep(after)
    family = descendants(run.pid)
    sent = time.monotonic()
    os.kill(run.pid, ending)
    _, told = run.communicate(timeout=20)
    if run.returncode == 0:
        assert (output / "saved_model.pb").exists()  # it was faster than the signal
        return
    assert run.returncode == code, told
    assert time.monotonic() - sent < 3.0  # not the seconds that the rest of the run would take
    assert gone(family, 2.0)
    assert not output.exists()
    left = [p.name for p in tmp_path.iterdir()]
    if ending != signal.SIGKILL:
        assert left == []
        assert "Traceback" not in told
    assert all(name.startswith(".out.tfmigrate-") for name in left)


def test_the_next_run_clears_what_a_killed_one_left(fixtures, tmp_path):
    source, output = fixtures / "keras2_two_outputs" / "model.h5", tmp_path / "out"
    run = start(source, output)
    deadline = time.monotonic() + 10
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    run.kill()
    run.communicate()
    assert [p.name[:15] for p in tmp_path.iterdir()] == [".out.tfmigrate-"]
    again = start(source, output)
    assert "2 outputs match" in again.communicate()[0]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]

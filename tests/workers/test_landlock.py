from __future__ import annotations

from pathlib import Path

import pytest

from tfmigrate.workers import landlock, walls
from tfmigrate.workers.client import Limits, Server


@pytest.mark.parametrize("version", range(1, 9))
def test_every_abi_is_asked_for_what_it_knows(server: Server, tmp_path: Path, version: int) -> None:
    if version > landlock.abi():
        pytest.skip(f"this kernel has Landlock ABI {landlock.abi()}")
    (tmp_path / "inside").mkdir()
    payload = {"folder": str(tmp_path / "inside"), "abi": version}
    limits = Limits(seconds=20, without=("landlock",))
    result = server.start("tasks:restrict_as_on", payload, limits).result()
    assert result == {"error": "EACCES"}


def test_a_kernel_without_landlock_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    assert walls._restrict(Limits(), gpu=False) == (
        "this kernel has no Landlock: files and network are not fenced off",
    )


def test_a_kernel_without_network_rules_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(landlock, "abi", lambda: 3)
    monkeypatch.setattr(landlock, "restrict", lambda rules, version: asked.append(version))
    assert walls._restrict(Limits(), gpu=False) == (
        "this kernel's Landlock (ABI 3) cannot fence off the network",
    )
    assert asked == [3]

"""Nets of hundreds of megabytes run where they are asked for: ``pytest -m big``."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "big" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("big"):
            item.add_marker(pytest.mark.skip(reason="hundreds of megabytes: pytest -m big"))

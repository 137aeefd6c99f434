"""The worker task behind ``inspect``: describe a source, and hand the description over as JSON."""

from __future__ import annotations

import pathlib
from typing import Any

from tfmigrate import sources
from tfmigrate.tensors import as_json


def run(payload: dict[str, Any], parent: Any) -> dict[str, Any]:
    """Describe the source at ``payload["path"]``.

    Args:
        payload: ``{"path": ...}``.
        parent: The way back to the parent process; not needed here.

    Returns:
        A ``results.Source`` in its JSON form.

    Raises:
        TfmigrateError: The source is not recognised, damaged, not supported or unsafe.
    """
    found: dict[str, Any] = as_json(sources.describe(pathlib.Path(payload["path"])))
    return found

"""Dotted paths to objects, imported on use; a missing package becomes an error that says so."""

from __future__ import annotations

import importlib
from typing import Any

from tfmigrate.errors import EnvironmentProblem


def load(path: str) -> Any:
    """The object at ``package.module:name``, or the module at ``package.module``.

    Raises:
        EnvironmentProblem: A third-party package is not installed.
    """
    module, _, name = path.partition(":")
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "tfmigrate":
            raise
        raise EnvironmentProblem(
            f"the package {error.name} is not installed",
            help=f"pip install {error.name}",
        ) from error
    return getattr(found, name) if name else found

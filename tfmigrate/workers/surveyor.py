"""What two SavedModels are compared by: the signatures, and a hash of every value and asset."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from tfmigrate import contract, sources
from tfmigrate.errors import NotRecognised, shown
from tfmigrate.sources.bundle import index_of, open_bundle, sha256
from tfmigrate.sources.saved_model import KINDS
from tfmigrate.tensors import as_json


def run(payload: dict[str, Any], parent: Any) -> dict[str, Any]:
    """Read the SavedModel at ``payload["path"]``; nothing of it is loaded.

    Returns:
        ``source`` (:class:`~tfmigrate.results.Source`) and ``contract`` as JSON, ``tensors``: the
        SHA-256 of each by its name, and ``assets``: that of each file in ``assets/``.

    Raises:
        SourceProblem: It is no SavedModel, or damaged.
    """
    path = Path(payload["path"])
    kind = sources.identify(path)
    if kind not in KINDS:
        help = "diff compares two SavedModels; tfmigrate inspect says what this is"
        raise NotRecognised("this is no SavedModel", where=shown(path), help=help)
    found = sources.describe(path)
    folder = path if path.is_dir() else path.parent
    return {
        "source": as_json(found),
        "contract": as_json(contract.of_saved_model(path)),
        "tensors": _tensors(folder, {t.name: t.key or t.name for t in found.tensors}),
        "assets": _assets(folder / "assets"),
    }


def agreed(payload: dict[str, Any], parent: Any) -> dict[str, Any]:
    """The contract at ``payload["path"]``, a SavedModel or a JSON file, as JSON.

    Raises:
        SourceProblem: It is none, or damaged.
        UsageProblem: A JSON file with mistakes.
    """
    found: dict[str, Any] = as_json(contract.read(Path(payload["path"])))
    return found


def _tensors(folder: Path, keys: dict[str, str]) -> dict[str, str]:
    prefix = folder / "variables" / "variables"
    if not index_of(prefix).is_file():
        return {}
    opened = open_bundle(prefix)
    return {name: sha256(opened, key) for name, key in keys.items()}


def _assets(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink()
    }

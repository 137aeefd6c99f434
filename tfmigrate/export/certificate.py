"""The certificate: what was migrated, how, and how much of it was proved. No time, no place."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tfmigrate.proof import Parity
from tfmigrate.results import Migration, Walls
from tfmigrate.tensors import as_json

FORMAT = 1
# An absolute path in a sentence, up to its last slash; not a URL, not "and/or".
_FOLDERS = re.compile(r"(?<![\w.:/])/(?:[^\s/'\":]+/)+")
OWN = "assets.extra/tfmigrate/certificate.json"


def manifest(saved_model: Path, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """SHA-256 of every file of a SavedModel but the certificate, by path inside it.

    Args:
        saved_model: The SavedModel.
        known: Hashes that were taken before of files that have not changed since.
    """
    found = dict(known or {})
    for path in sorted(p for p in saved_model.rglob("*") if p.is_file()):
        name = path.relative_to(saved_model).as_posix()
        if name != OWN and name not in found:
            with path.open("rb") as file:
                found[name] = _digest(file)
    return dict(sorted(found.items()))


def strangers(saved_model: Path) -> tuple[str, ...]:
    """What is neither file nor folder: links, whatever they lead to today, pipes, devices."""
    return tuple(
        path.relative_to(saved_model).as_posix()
        for path in sorted(saved_model.rglob("*"))
        if path.is_symlink() or not (path.is_file() or path.is_dir())
    )


def certificate(
    migration: Migration,
    recipe: Mapping[str, Any] | None,
    versions: Mapping[str, str],
    files: Mapping[str, str],
    probes: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The certificate of a migration as plain JSON types, the same for the same migration.

    Args:
        migration: What the run found.
        recipe: The recipe as ``{"name": ..., "text": ..., "parameters": {...}}``, None without
            one; its SHA-256 is added.
        versions: Of tfmigrate, tensorflow, the Keras that rebuilt, numpy and python.
        files: :func:`manifest` of the SavedModel.
        probes: What was stored of the probes of each signature, ``as_json`` of ``stored.Stored``
            by its key.
    """
    parity = migration.parity
    told = [(key, dict(about)) for key, about in (probes or {}).items()]
    return {
        "certificate": FORMAT,
        "source": _source(migration),
        "recipe": _recipe(recipe),
        "versions": dict(sorted(versions.items())),
        "platform": f"{platform.system()} {platform.machine()}",
        "engine": migration.engine,
        "trusted": dict(sorted(migration.trusted.items())),
        "declared": dict(sorted(migration.declared.items())),
        "evidence": parity.level if parity else "unverified",
        "said": parity.said if parity else "UNVERIFIED",
        "signatures": as_json(migration.signatures),
        "processing": dict(sorted(migration.processing.items())),
        "portability": as_json(migration.portability),
        "renamed": dict(sorted(migration.renamed.items())),
        "parity": _parity(parity),
        "probes": told[0][1] if told else None,
        "further_probes": dict(told[1:]),
        "variables": as_json(migration.variables),
        "plan": as_json(migration.plan),
        "ledger": as_json(migration.ledger),
        "walls": _walls(migration.walls),
        "notes": _placeless(migration.notes),
        "files": dict(sorted(files.items())),
    }


def _source(migration: Migration) -> dict[str, Any]:
    source = migration.source
    return {
        "name": Path(source.path).name,
        "kind": source.kind,
        "title": source.title,
        "writer": as_json(source.writer),
        "size": source.size,
        "sha256": _by_name(migration.hashes),
    }


def _by_name(hashes: Mapping[str, str]) -> dict[str, str]:
    """Hashes by base name; by the shortest path that tells files apart where names repeat."""
    paths = [Path(p) for p in hashes]
    if len({p.name for p in paths}) == len(paths):
        return dict(sorted((Path(p).name, digest) for p, digest in hashes.items()))
    root = os.path.commonpath([str(p) for p in paths])
    return dict(sorted((os.path.relpath(p, root), digest) for p, digest in hashes.items()))


def _recipe(recipe: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if recipe is None:
        return None
    digest = hashlib.sha256(str(recipe["text"]).encode()).hexdigest()
    return {**recipe, "sha256": digest}


def _parity(parity: Parity | None) -> dict[str, Any] | None:
    if parity is None:
        return None
    # The level and its sentence stand at the top of the certificate, once.
    said: dict[str, Any] = as_json(parity)
    rest = {k: v for k, v in said.items() if k not in ("level", "said")}
    return {"passed": bool(parity), **rest, "notes": _placeless(parity.notes)}


def _walls(walls: Mapping[str, Walls]) -> dict[str, Any]:
    return {
        worker: {"found": dict(sorted(wall.found.items())), "notes": _placeless(wall.notes)}
        for worker, wall in sorted(walls.items())
    }


def _placeless(notes: Sequence[str]) -> list[str]:
    """Sentences without the folders of this machine: base names stay."""
    return [_FOLDERS.sub("", note) for note in notes]


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()

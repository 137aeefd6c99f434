"""The worker that answers probes from signatures of any SavedModel, checked before they are run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfmigrate.errors import NotSupported, UnsafeContent
from tfmigrate.parity import probes
from tfmigrate.parity.as_served import Served
from tfmigrate.parity.runner import refuse_keras
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Answer the probes of each signature.

    Args:
        payload: ``path`` of the SavedModel, and ``asked``: for each signature ``key``, ``probes``
            (a file), ``names`` (the probes' input names, and its own) and ``outputs`` (a file).
        parent: Hears of the progress.

    Returns:
        For each: ``refused`` (why we do not run it), ``failed`` (why it does not run), both ""
        where it answered, and ``unsteady``: outputs that differ from call to call.
    """
    runs = []
    for number, asked in enumerate(payload["asked"]):
        parent.progress("answering the probes", number, len(payload["asked"]))
        runs.append(_one(Path(payload["path"]), asked))
    refuse_keras()
    return {"runs": runs}


def _one(path: Path, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        unsteady = _answer(path, asked)
    except UnsafeContent as error:
        return _told(
            refused=", ".join([error.what, *dict.fromkeys(p.what for p in error.problems)])
        )
    except NotSupported as error:
        return _told(failed=error.what)
    return _told(unsteady=unsteady)


def _answer(path: Path, asked: dict[str, Any]) -> list[str]:
    given, _ = probes.load(Path(asked["probes"]))
    named = [{asked["names"][n]: a for n, a in probe.items()} for probe in given]
    served = Served(path, asked["key"])
    found = [served.answer(probe) for probe in named]
    again = [served.answer(probe) for probe in named]
    served.close()
    probes.save(Path(asked["outputs"]), (), found)
    pairs = [(n, array, two[n]) for one, two in zip(found, again, strict=True)
             for n, array in one.items()]  # fmt: skip
    return sorted({n for n, one, other in pairs if not _same(one, other)})


def _same(one: Any, other: Any) -> bool:
    if one.dtype.kind == "O":
        return bool(one.tolist() == other.tolist())
    return (one.shape, one.tobytes()) == (other.shape, other.tobytes())


def _told(refused: str = "", failed: str = "", unsteady: list[str] | None = None) -> dict[str, Any]:
    return {"refused": refused, "failed": failed, "unsteady": unsteady or []}

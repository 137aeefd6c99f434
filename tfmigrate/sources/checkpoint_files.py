"""Which checkpoint a path means: a prefix, one of its files, or a folder with a state file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from tfmigrate.errors import Damaged, NotSupported, Problem, shown
from tfmigrate.sources import bundle_v1, checkpoint_steps, protos, table
from tfmigrate.sources.bundle_index import index_of

_FILE = re.compile(r"(?P<prefix>.+)\.(index|meta|data-\d{5}-of-\d{5})", re.DOTALL)
_SHARD_V1 = re.compile(r"(?P<prefix>.+)-\d{5}-of-\d{5}", re.DOTALL)
# Where a saver writes before it renames; left behind where it was interrupted.
_UNFINISHED = re.compile(r".+_temp(_[0-9a-f]{32})?", re.DOTALL)
_STATE = "checkpoint"
_MAX_STATE = 1 << 20  # bytes of a state file


@dataclass(frozen=True)
class Located:
    """A checkpoint that a path means.

    Attributes:
        prefix: Its prefix; a V1 checkpoint's is its file, or the name that its shards share.
        v1: It is of format V1.
        notes: What was decided on the way.
    """

    prefix: Path
    v1: bool = False
    notes: tuple[str, ...] = ()


def locate(path: Path) -> Located | None:
    """The checkpoint that ``path`` means; None where it means none.

    Raises:
        Damaged: It means one of which files are missing.
        NotSupported: A folder holds several, and nothing says which.
    """
    _refuse_unfinished(path)
    if path.is_dir():
        return _in_folder(path)
    if path.name == _STATE and _state(path) and (found := _in_folder(path.parent)):
        note = f"took the folder of the state file: {shown(found.prefix.name)}"
        return Located(found.prefix, found.v1, (note, *found.notes))
    if bundle_v1.is_v1(path):
        found_v1 = _SHARD_V1.fullmatch(path.name)
        return Located(path.with_name(found_v1["prefix"]) if found_v1 else path, v1=True)
    if _is_bundle(path):
        return Located(path)
    return _by_file(path) or _by_prefix(path)


def folder_and_base(path: Path) -> tuple[Path, str | None]:
    """The folder of the checkpoints that a path means, and their name without the step.

    None in place of the name where all checkpoints in the folder are meant.
    """
    if path.is_dir():
        return path, None
    if path.name == _STATE and _state(path):
        return path.parent, None
    found = _FILE.fullmatch(path.name) or _SHARD_V1.fullmatch(path.name)
    return path.parent, checkpoint_steps.base_of(found["prefix"] if found else path.name)


def prefixes(folder: Path) -> dict[str, bool]:
    """The prefixes in a folder, and whether each is of format V1."""
    return _candidates(folder, sorted(p.name for p in folder.iterdir() if not p.is_dir()))


def _refuse_unfinished(path: Path) -> None:
    for folder in (path, path.parent):
        if _UNFINISHED.fullmatch(folder.name) and any(folder.glob("part-*")):
            raise Damaged(
                "the parts of a save that was interrupted before it was whole",
                where=str(path),
                help="take the checkpoint that was finished before it, in the folder above",
            )


def _is_bundle(prefix: Path) -> bool:
    """Whether an index is at ``prefix``: by its content, or by a data file beside a damaged one."""
    index = index_of(prefix)
    return index.is_file() and (table.has_magic(index) or bool(_data_files(prefix)))


def _data_files(prefix: Path) -> list[str]:
    wanted = re.compile(re.escape(prefix.name) + r"\.data-\d{5}-of-\d{5}")
    folder = prefix.parent
    return [p.name for p in folder.iterdir() if wanted.fullmatch(p.name)] if folder.is_dir() else []


def _by_file(path: Path) -> Located | None:
    found = _FILE.fullmatch(path.name)
    if not found or not path.is_file():
        return None
    prefix = path.with_name(found["prefix"])
    if _is_bundle(prefix):
        return Located(
            prefix, notes=(f"took {shown(path.name)} as the prefix {shown(prefix.name)}",)
        )
    if found[2].startswith("data-"):
        raise _no_index(prefix)
    return None


def _by_prefix(path: Path) -> Located | None:
    if path.exists():
        return None
    if bundle_v1.files_of(path):
        return Located(path, v1=True)
    if _data_files(path):
        raise _no_index(path)
    return None


def _no_index(prefix: Path) -> Damaged:
    return Damaged(
        f"the index {shown(index_of(prefix).name)} is missing; its data files are there",
        where=str(prefix),
        help="copy the checkpoint again, with all of its files",
    )


def _in_folder(folder: Path) -> Located | None:
    names = sorted(p.name for p in folder.iterdir() if not p.is_dir())
    if any(name.startswith("saved_model.pb") for name in names):
        return None
    found = _candidates(folder, names)
    said = _state(folder / _STATE) if _STATE in names else ""
    if not found:
        for inner in sorted(p for p in folder.iterdir() if p.is_dir()):
            _refuse_unfinished(inner)
        if said:
            raise _nothing_beside(folder, said)
        return None
    wanted = PureWindowsPath(said).name  # both kinds of slash; nothing outside the folder
    if wanted in found:
        return Located(folder / wanted, found[wanted], tuple(_about_state(said, wanted, found)))
    latest = _highest(folder, list(found))
    why = f"the state file names {shown(said)}, which is not here" if said else "no state file"
    return Located(folder / latest, found[latest], (f"{why}; took {shown(latest)}",))


def _about_state(said: str, wanted: str, found: Collection[str]) -> Iterator[str]:
    """What a person should know of a state file that was followed."""
    if said != wanted:
        yield f"the state file names {shown(said)}; took {shown(wanted)}, which lies beside it"
    mine, base = checkpoint_steps.step_of(wanted), checkpoint_steps.base_of(wanted)
    same = [name for name in found if checkpoint_steps.base_of(name) == base]
    higher = checkpoint_steps.highest(same)[0]
    if (checkpoint_steps.step_of(higher) or 0) > (mine or 0):
        yield (
            f"{shown(higher)} lies there too, of a higher step; the state file names"
            f" {shown(wanted)} as the latest (--step takes another)"
        )


def _candidates(folder: Path, names: list[str]) -> dict[str, bool]:
    """The prefixes in a folder, and whether each is of format V1."""
    found = {}
    for name in names:
        path = folder / name
        if name.endswith(".index"):
            if _is_bundle(path.with_name(name.removesuffix(".index"))):
                found[name.removesuffix(".index")] = False
        elif bundle_v1.is_v1(path):
            shard = _SHARD_V1.fullmatch(name)
            found[shard["prefix"] if shard else name] = True
    return found


def _state(path: Path) -> str:
    """The path that a state file names as the latest; "" where it is none."""
    if not path.is_file() or path.stat().st_size > _MAX_STATE:
        return ""
    text = path.read_text("utf-8", errors="replace")
    if "model_checkpoint_path" not in text:
        return ""
    try:
        return str(protos.parse_text("CheckpointState", text, str(path)).model_checkpoint_path)
    except Damaged:
        return ""  # as good as no state file: the highest step is taken, and said so


def _highest(folder: Path, names: list[str]) -> str:
    choice = checkpoint_steps.highest(names)
    if len(choice) > 1:
        raise NotSupported(
            "several checkpoints, and nothing says which is meant",
            [Problem("a checkpoint", where=shown(name)) for name in choice[:20]],
            where=str(folder),
            help="give the prefix of one of them, or --step",
        )
    return choice[0]


def _nothing_beside(folder: Path, said: str) -> Damaged:
    return Damaged(
        f"the state file names {shown(said)}, and no checkpoint lies beside it",
        where=str(folder / _STATE),
        help="copy the checkpoint's own files (.index and .data-...) into the folder",
    )

"""The witnesses that the judge can call: what each may read, write and use."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tfmigrate.results import Source
from tfmigrate.tensors import from_json
from tfmigrate.workers.client import Limits, Server, Worker

if TYPE_CHECKING:
    from tfmigrate.contract import Contract

GIB = 1024**3

# Beyond what importing TensorFlow took: room for Keras, the graph and the probes' activations.
BASE_MEMORY = 3 * GIB


class Crew:
    """Two fork servers: a light one for looking at files, one with TensorFlow imported.

    A context manager; one crew serves many migrations, two at a time on two cores. A third one,
    whose workers compute without oneDNN, is started with the first of them.

    Args:
        gpu: Let workers see CUDA devices.
        verbose: Let TensorFlow's own log lines through to stderr.
        tensorflow: Start importing TensorFlow at once.
    """

    def __init__(
        self, *, gpu: bool = False, verbose: bool = False, tensorflow: bool = True
    ) -> None:
        self._light = Server((), verbose=verbose)
        self._heavy = Server(("tensorflow",), gpu=gpu, verbose=verbose) if tensorflow else None
        self._plain: Server | None = None
        self._verbose, self._closed, self._lock = verbose, False, threading.Lock()

    def describe(self, path: Path) -> Source:
        """What a source is, found out in a worker without TensorFlow.

        Raises:
            SourceProblem: None of the formats we know, or damaged.
        """
        return from_json(Source, self._looked_at("inspector", path))

    def outline(self, path: Path) -> dict[str, Any]:
        """What a checkpoint tells besides its tensors; see :mod:`tfmigrate.workers.outliner`.

        Raises:
            SourceProblem: It is no checkpoint, or damaged.
        """
        return self._looked_at("outliner", path)

    def contract(self, path: Path) -> Contract:
        """What callers of an old SavedModel rely on, or what a JSON file says that they do.

        Raises:
            SourceProblem: It is neither, or damaged.
            UsageProblem: A JSON file with mistakes.
        """
        from tfmigrate.contract import Contract  # few commands need it

        return from_json(Contract, self._looked_at("surveyor:agreed", path))

    def survey(self, path: Path) -> dict[str, Any]:
        """What SavedModels are compared by; see :mod:`tfmigrate.workers.surveyor`.

        Raises:
            SourceProblem: It is no SavedModel, or damaged.
        """
        size = sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
        return self._looked_at("surveyor", path, 60 + 60 * size / GIB)

    def _looked_at(self, task: str, path: Path, seconds: float = 60) -> dict[str, Any]:
        read = (str(path if path.is_dir() else path.parent),)
        limits = Limits(memory=2 * GIB, seconds=seconds, read=read)
        module, _, name = task.partition(":")
        order = f"tfmigrate.workers.{module}:{name or 'run'}"
        return self._light.start(order, {"path": str(path)}, limits).result()

    def start(self, task: str, payload: dict[str, Any], room: Room) -> Worker:
        """A worker: ``rebuilder``, ``reference``, ``verifier`` ... of the TensorFlow server."""
        server = self._server(task)
        if server is None:
            raise ValueError("this crew was made without TensorFlow, or is closed")
        return server.start(f"tfmigrate.workers.{task}:run", payload, room.limits())

    def _server(self, task: str) -> Server | None:
        if task == "auditor":
            return self._light
        if task != "noise":
            return self._heavy
        with self._lock:
            if self._plain is None and not self._closed:
                self._plain = Server(("tfmigrate.workers.plain",), verbose=self._verbose)
            return self._plain

    def close(self) -> None:
        """Kill everything that is left."""
        with self._lock:
            self._closed = True
        for server in (self._light, self._heavy, self._plain):
            if server is not None:
                server.close()

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True)
class Room:
    """What the workers of one migration may touch and use.

    Attributes:
        read: The source's files.
        write: Staging and scratch.
        weights: The bytes of the source's tensors.
        memory: What the user allowed instead, None for the computed limit.
    """

    read: tuple[str, ...]
    write: tuple[str, ...]
    weights: int
    memory: int | None = None

    def limits(self) -> Limits:
        """The limits that follow: memory for four copies of the weights, a minute more per GiB."""
        return Limits(
            memory=self.memory or BASE_MEMORY + 4 * self.weights,
            seconds=600 + 60 * self.weights / GIB,
            read=self.read,
            write=self.write,
        )

    def reading(self, folder: Path) -> Room:
        """The same room with one more folder to read."""
        return replace(self, read=(*self.read, str(folder)))

    def writing(self, folder: Path) -> Room:
        """The same room with one more folder to write."""
        return replace(self, write=(*self.write, str(folder)))


def room_for(source: Source, scratch: Path, memory: int | None) -> Room:
    """The room for migrating a source."""
    from tfmigrate.sources.checkpoint import KINDS as CHECKPOINTS  # slow, and not for inspect

    weights = sum(t.nbytes for t in source.tensors)
    read = list(source.files)
    if source.kind in CHECKPOINTS or source.kind.startswith(
        "savedmodel"
    ):  # which files belong together is told by their folder
        read += sorted({str(Path(f).parent) for f in source.files})
    return Room(tuple(read), (str(scratch),), weights, memory)
